const express = require('express');
const greeting = require('@example/greeting');

const server = express()
	.get('/', (_request, response) => response.send(greeting('a workspace')))
	.listen(process.env.PORT);
process.on('SIGTERM', () => server.close(() => process.exit(0)));

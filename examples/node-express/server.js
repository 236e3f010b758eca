import { readFile } from 'node:fs/promises';
import express from 'express';

const app = express();
const greeting = await readFile(new URL('./views/greeting.txt', import.meta.url), 'utf8');

app.get('/', (_request, response) => response.type('text').send(greeting));
app.get('/facts', (_request, response) =>
	response.json({ uid: process.getuid(), node: process.version, arch: process.arch, pid: process.pid, zone: new Date(0).toLocaleString('en', { timeZone: 'US/Eastern' }) }),
);

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => server.close(() => console.log('drained')));

const app = require('fastify')();
app.get('/', async () => 'Fastify, installed by pnpm\n');
app.listen({ port: Number(process.env.PORT ?? 3000), host: '0.0.0.0' });
process.on('SIGTERM', () => app.close().then(() => process.exit(0)));

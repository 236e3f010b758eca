import { Hono } from 'hono';

const app = new Hono();
app.get('/', (context) => context.text(`Hono on Bun ${Bun.version.split('.')[0]}`));
export default { port: process.env.PORT, fetch: app.fetch };

import { Hono } from 'hono';

const app = new Hono();
app.get('/', (context) => context.text('Hono on Deno'));
Deno.serve({ port: Number(Deno.env.get('PORT') ?? 8000) }, app.fetch);

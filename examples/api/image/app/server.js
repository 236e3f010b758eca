import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { version } = JSON.parse(readFileSync(new URL('current', import.meta.url), 'utf8'));
const server = createServer((_request, response) => response.end(`made by hand, ${version}\n`)).listen(Number(process.env.PORT));
process.on('SIGTERM', () => server.close());

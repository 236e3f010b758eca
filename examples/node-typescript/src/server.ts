import { createServer } from 'node:http';
import { inc } from 'semver';

const port: number = Number(process.env.PORT ?? 3000);
const server = createServer((_request, response) => {
	response.end(`after 1.2.3 comes ${inc('1.2.3', 'minor')}\n`);
});
server.listen(port, () => console.log(`listening on ${port}`));
process.on('SIGTERM', () => server.close());

import Koa from 'koa';

const app = new Koa();
app.use((context) => {
	context.body = `Koa ${process.env.npm_package_version}, installed by Yarn 4`;
});
const server = app.listen(process.env.PORT);
process.on('SIGTERM', () => server.close(() => process.exit(0)));

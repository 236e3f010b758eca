/** A port in an app's own settings stays the default, in whatever form the settings are written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Framework, findPort } from '../../../builders/java/port.js';
import { type Files, index } from '../../support/files.js';

const R = 'src/main/resources/';
const CASES: readonly (readonly [string, Framework, Files, string, string | undefined])[] = [
	['nothing', 'spring', {}, '8080', '${PORT:8080}'],
	['properties', 'spring', { 'application.properties': '# port\nserver.port = 9000\n' }, '9000', '${PORT:9000}'],
	['a continued line', 'spring', { 'application.properties': 'server.port=\\\n  9000\n' }, '9000', '${PORT:9000}'],
	['block style', 'spring', { 'application.yml': 'server:\n  # x\n  ssl:\n    enabled: false\n  port: 9000\n' }, '9000', '${PORT:9000}'],
	['flow style', 'spring', { 'application.yml': 'server: { port: 9000 }\n' }, '9000', '${PORT:9000}'],
	['a dotted key', 'spring', { 'application.yaml': 'server.port: "9000"\n' }, '9000', '${PORT:9000}'],
	['an own variable', 'spring', { 'application.yml': 'server:\n  port: ${APP_PORT:9000}\n' }, '9000', undefined],
	['PORT with a default', 'spring', { 'application.yml': 'server: {port: "${PORT:9000}"}\n' }, '9000', undefined],
	[
		'the document of an active profile',
		'spring',
		{
			'application.yml':
				'spring: {profiles: {active: prod}}\nserver: {port: 1000}\n---\nspring: {config: {activate: {on-profile: prod}}}\nserver: {port: 9000}\n',
		},
		'9000',
		'${PORT:9000}',
	],
	[
		'the document of another profile',
		'spring',
		{ 'application.yml': 'server: {port: 9000}\n---\nspring:\n  config.activate.on-profile: dev\nserver.port: 1000\n' },
		'9000',
		'${PORT:9000}',
	],
	[
		'the file of an active profile',
		'spring',
		{ 'application.properties': 'spring.profiles.active=base,prod', 'application-prod.yml': 'server: {port: 9000}' },
		'9000',
		'${PORT:9000}',
	],
	['the file of another profile', 'spring', { 'application-dev.properties': 'server.port=9000' }, '8080', '${PORT:8080}'],
	[
		'documents of properties',
		'spring',
		{ 'application.properties': 'server.port=9000\n#---\nspring.config.activate.on-profile=dev\nserver.port=1000\n' },
		'9000',
		'${PORT:9000}',
	],
	['what a build tool fills in', 'spring', { 'application.yml': 'server:\n  port: @web.port@\n' }, '8080', undefined],
	['a property that a build tool fills in', 'spring', { 'application.properties': 'server.port=@web.port@\n' }, '8080', undefined],
	['Quarkus in YAML', 'quarkus', { 'application.yml': 'quarkus:\n  http: { port: 9000 }\n' }, '9000', '${PORT:9000}'],
	[
		'the profile of production',
		'quarkus',
		{ 'application.properties': 'quarkus.http.port=1000\n%dev.quarkus.http.port=2000\n%prod.quarkus.http.port=9000\n' },
		'9000',
		'${PORT:9000}',
	],
	['the profile of production in YAML', 'quarkus', { 'application.yaml': '"%prod":\n  quarkus:\n    http:\n      port: 9000\n' }, '9000', '${PORT:9000}'],
	['Micronaut', 'micronaut', { 'application.yml': 'micronaut: {server: {port: 9000}}' }, '9000', '${PORT:9000}'],
];
for (const [name, framework, files, port, variable] of CASES)
	test(`the port of ${framework}: ${name}`, (t) => {
		const source = index(t, Object.fromEntries(Object.entries(files).map(([path, text]) => [R + path, text])));
		const found = findPort(source, '', framework);
		assert.equal(found?.port, port);
		const { PORT, ...others } = found?.env ?? {};
		assert.equal(Object.values(others)[0], variable);
	});

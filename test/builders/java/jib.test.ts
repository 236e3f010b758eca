/** What a project says to Jib in parents, profiles, executions and properties: merged as Maven does. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type JavaFacts, planJava } from '../../../builders/java/plan.js';
import type { BuildPlan, PlanRequest } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';

function plan(t: TestContext, files: Files, more: Partial<PlanRequest> = {}): BuildPlan {
	const base = { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false } as const;
	const detection = { builder: 'java', reasons: [], facts: { kind: 'maven', file: 'pom.xml' } };
	return planJava(detection, { source: index(t, files), app: 'api', base, optimize: [], settings: {}, user: '65532:65532', buildEnv: {}, ...more });
}

const jib = (inside = ''): string => `<plugin><groupId>com.google.cloud.tools</groupId><artifactId>jib-maven-plugin</artifactId>${inside}</plugin>`;
const configuration = (inside: string): string => `<configuration>${inside}</configuration>`;
const used = (plugin: string): string => `<build><plugins>${plugin}</plugins></build>`;
const managed = (plugin: string): string => `<build><pluginManagement><plugins>${plugin}</plugins></pluginManagement></build>`;
const root = (inside: string): string =>
	`<project><groupId>acme</groupId><artifactId>parent</artifactId><version>1.0</version><packaging>pom</packaging><modules><module>api</module><module>worker</module></modules>${inside}</project>`;
const module = (name: string, inside = ''): string =>
	`<project><parent><groupId>acme</groupId><artifactId>parent</artifactId><version>1.0</version></parent><artifactId>${name}</artifactId>${inside}</project>`;
const FLAGS =
	'<from><image>registry.example/jre:17</image></from><to><image>registry.example/acme/${project.artifactId}</image></to><container><jvmFlags><jvmFlag>-Xms1m</jvmFlag><jvmFlag>-Xmx9m</jvmFlag></jvmFlags><environment><A>1</A><B>2</B></environment></container>';
const flagsOf = ({ facts }: BuildPlan): readonly string[] => (facts as unknown as JavaFacts).flags;
const says = ({ reasons, warnings }: BuildPlan): string => [...reasons, ...warnings].map((one) => `${one.says} ${one.file}:${one.line}`).join('\n');

/** Root, module, flags of java. */
const PLACES: readonly (readonly [string, string, string, readonly string[]])[] = [
	['the management of the parent', root(managed(jib(configuration(FLAGS)))), module('api', used(jib())), ['-Xms1m', '-Xmx9m']],
	['the management of the parent, the plugin by command line only', root(managed(jib(configuration(FLAGS)))), module('api'), ['-Xms1m', '-Xmx9m']],
	['the plugin of the parent', root(used(jib(configuration(FLAGS)))), module('api'), ['-Xms1m', '-Xmx9m']],
	['the plugin of the parent, which is not inherited', root(used(jib(`<inherited>false</inherited>${configuration(FLAGS)}`))), module('api'), []],
	[
		'an execution',
		root(''),
		module('api', used(jib(`<executions><execution><id>x</id>${configuration(FLAGS)}</execution></executions>`))),
		['-Xms1m', '-Xmx9m'],
	],
	[
		'a profile that is active by default',
		root(
			`<profiles><profile><id>p</id><activation><activeByDefault>true</activeByDefault></activation>${used(jib(configuration(FLAGS)))}</profile></profiles>`,
		),
		module('api'),
		['-Xms1m', '-Xmx9m'],
	],
	[
		"a list of the module in place of the parent's",
		root(managed(jib(configuration(FLAGS)))),
		module('api', used(jib(configuration('<container><jvmFlags><jvmFlag>-Xss1m</jvmFlag></jvmFlags></container>')))),
		['-Xss1m'],
	],
	[
		"a list of the module after the parent's",
		root(managed(jib(configuration(FLAGS)))),
		module('api', used(jib(configuration('<container><jvmFlags combine.children="append"><jvmFlag>-Xss1m</jvmFlag></jvmFlags></container>')))),
		['-Xms1m', '-Xmx9m', '-Xss1m'],
	],
	[
		'a container of the module alone',
		root(managed(jib(configuration(FLAGS)))),
		module('api', used(jib(configuration('<container combine.self="override"><user>1</user></container>')))),
		[],
	],
	[
		'a property',
		root(`<properties><jib.container.jvmFlags>-Xa,-Xb</jib.container.jvmFlags></properties>${managed(jib(configuration(FLAGS)))}`),
		module('api'),
		['-Xa', '-Xb'],
	],
];
for (const [what, parent, own, flags] of PLACES) {
	test(`Jib's settings: ${what}`, (t) => {
		const made = plan(t, {
			'pom.xml': parent,
			'api/pom.xml': own,
			'worker/pom.xml': module('worker', used(jib(configuration('<container><user>9</user></container>')))),
		});
		assert.deepEqual(flagsOf(made), flags);
		if (flags[0] === '-Xms1m') assert.match(says(made), /-t registry\.example\/acme\/api --push/);
		assert.notEqual(made.config.User, '9', "another module's");
	});
}

test('keys of the module and of its parent stand together', (t) => {
	const own = module(
		'api',
		`<properties><x>7</x></properties>${used(jib(configuration('<container><environment><B>${x}</B><C>${project.version}</C></environment></container>')))}`,
	);
	const { env } = plan(t, { 'pom.xml': root(managed(jib(configuration(FLAGS)))), 'api/pom.xml': own, 'worker/pom.xml': module('worker') }).config;
	assert.deepEqual([env?.A, env?.B, env?.C], ['1', '7', '1.0']);
});

test("what is not honored of Jib is a warning: values of Maven's alone, other executions, profiles that do not take part", (t) => {
	const executions = ['a', 'b'].map((id) => `<execution><id>${id}</id>${configuration(`<to><image>${id}/\${env.NAME}</image></to>`)}</execution>`).join('');
	const profile = `<profiles><profile><id>cloud</id>${used(jib(configuration(FLAGS)))}</profile></profiles>`;
	const files = {
		'pom.xml': root(''),
		'api/pom.xml': module('api', `${used(jib(`<executions>${executions}</executions>`))}${profile}`),
		'worker/pom.xml': module('worker'),
	};
	const text = says(plan(t, files));
	assert.match(text, /the execution b/);
	assert.match(text, /the value of \$\{env\.NAME\}/);
	assert.match(text, /the profile cloud has settings of jib-maven-plugin, and is not used/);
	assert.deepEqual(flagsOf(plan(t, files, { settings: { profiles: ['cloud'] } })), ['-Xms1m', '-Xmx9m'], 'asked for');
	assert.deepEqual(flagsOf(plan(t, files, { buildEnv: { MAVEN_ARGS: '-P cloud -Djib.container.jvmFlags=-Xq' } })), ['-Xq']);
});

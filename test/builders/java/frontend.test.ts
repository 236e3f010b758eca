/** Maven that runs npm or yarn: which Node it gets, and what is left to the plugin. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planJava } from '../../../builders/java/plan.js';
import type { BuildPlan } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';

function plan(t: TestContext, plugin: string, files: Files = {}): BuildPlan {
	const pom = `<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version><properties><node>20.11.1</node></properties><build><plugins>\n<plugin>${plugin}</plugin></plugins></build></project>`;
	const base = { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false } as const;
	const source = index(t, { 'pom.xml': pom, ...files });
	return planJava(
		{ builder: 'java', reasons: [], facts: { kind: 'maven', file: 'pom.xml' } },
		{ source, app: '', base, optimize: [], settings: {}, user: '', buildEnv: {} },
	);
}

const frontend = (inside: string, execution = ''): string =>
	`<groupId>com.github.eirslett</groupId><artifactId>frontend-maven-plugin</artifactId><configuration>${inside}</configuration><executions><execution><configuration>${execution}</configuration></execution></executions>`;
const exec = (inside: string): string =>
	`<artifactId>exec-maven-plugin</artifactId><executions><execution><configuration>${inside}</configuration></execution></executions>`;
const installsOf = ({ facts }: BuildPlan) => (facts as { maven?: { frontend?: { installs: readonly string[] } } }).maven?.frontend?.installs;

const TOOLS: readonly (readonly [string, string, Files, Readonly<Record<string, string>>, readonly string[] | undefined])[] = [
	['a version of a property', frontend('', '<nodeVersion>v${node}</nodeVersion>'), {}, { node: '20.11.1', npm: '10' }, ['']],
	['with its npm', frontend('<nodeVersion>v18.19.0</nodeVersion><npmVersion>9.8.1</npmVersion>'), {}, { node: '18.19.0', npm: '9.8.1' }, ['']],
	['an old one', frontend('<nodeVersion>v12.22.12</nodeVersion>'), {}, { node: '12.22.12', npm: '6' }, ['']],
	[
		'with yarn, elsewhere',
		frontend('<nodeVersion>20.11.1</nodeVersion><yarnVersion>v1.22.19</yarnVersion><installDirectory>${project.basedir}/tools</installDirectory>'),
		{},
		{ node: '20.11.1', npm: '10', yarn: '1.22.19' },
		['tools'],
	],
	[
		'in the folder of the build',
		frontend('<nodeVersion>v20.11.1</nodeVersion><installDirectory>${project.build.directory}</installDirectory>'),
		{},
		{ node: '20.11.1', npm: '10' },
		['target'],
	],
	['without a version', frontend('<nodeVersion>lts</nodeVersion>'), {}, {}, undefined],
	[
		'npm on PATH',
		exec('<executable>npm</executable><workingDirectory>${basedir}/web</workingDirectory>'),
		{ 'web/.nvmrc': 'v18.19.0\n' },
		{ node: '18.19.0', npm: '9' },
		[],
	],
	[
		'npm of Windows, engines of the root',
		exec('<executable>npm.cmd</executable>'),
		{ 'package.json': { engines: { node: '>=20' } } },
		{ node: '>=20', npm: '10' },
		[],
	],
	['yarn on PATH', exec('<executable>yarn</executable>'), {}, { node: '22', npm: '10', yarn: '1' }, []],
	[
		'Ant',
		'<artifactId>maven-antrun-plugin</artifactId><executions><execution><configuration><target><exec executable="npx"/></target></configuration></execution></executions>',
		{},
		{ node: '22', npm: '10' },
		[],
	],
	['another program', exec('<executable>protoc</executable>'), {}, {}, undefined],
];
for (const [what, plugin, files, tools, installs] of TOOLS) {
	test(`Node for Maven: ${what}`, (t) => {
		const made = plan(t, plugin, files);
		assert.deepEqual([made.tools, installsOf(made)], [tools, installs]);
	});
}

test('what the plan says of it', (t) => {
	const made = plan(t, frontend('<nodeVersion>v20.11.1</nodeVersion><pnpmVersion>9.0.0</pnpmVersion>'));
	assert.ok(
		made.reasons.some(
			({ file, line, says }) => file === 'pom.xml' && line === 2 && says === 'Node 20.11.1 and npm 10 for frontend-maven-plugin come from tare.lock',
		),
	);
	assert.match(made.warnings.map(({ says }) => says).join(), /<pnpmVersion> itself/);
	assert.match(
		plan(t, frontend(''))
			.warnings.map(({ says }) => says)
			.join(),
		/fetches Node itself.*<nodeVersion>/,
	);
});

test('a plugin of a profile counts where the profile takes part', (t) => {
	const profile = (activation: string): string =>
		`<artifactId>x</artifactId></plugin></plugins></build><profiles><profile><id>web</id>${activation}<build><plugins><plugin>${frontend('<nodeVersion>v20.11.1</nodeVersion>')}</plugin></plugins></build></profile></profiles><build><plugins><plugin>`;
	assert.deepEqual(plan(t, profile('')).tools, {});
	for (const inside of ['<activeByDefault>true</activeByDefault>', '<property><name>!skipWeb</name></property>'])
		assert.equal(plan(t, profile(`<activation>${inside}</activation>`)).tools.node, '20.11.1');
});

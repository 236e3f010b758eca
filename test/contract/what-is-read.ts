/** What each builder reads for which decision, the first that counts first. The test proves it; docs/what-is-read.md is made of it. */

export interface Source {
	/** As the page has it. */
	readonly says: string;
	/** Written over the files of the sources below it. Objects are merged. */
	readonly files: Readonly<Record<string, string | object>>;
	/** Text that the plan has, and has of no source below. */
	readonly gives: string;
}

export interface Decision {
	readonly language: string;
	readonly builder: string;
	readonly decides: 'version' | 'dependencies' | 'start' | 'port' | 'flags';
	/** The part of the plan that has the answer. */
	readonly part: 'runtime' | 'steps' | 'processes' | 'config' | 'facts' | 'reasons' | 'base';
	readonly project: Readonly<Record<string, string | object>>;
	readonly sources: readonly Source[];
}

const NODE = { 'package.json': { name: 'a', scripts: { start: 'node server.js' } }, 'server.js': 'listen(process.env.PORT)' };
const FLASK = 'from flask import Flask\napp = Flask(__name__)\n';
const PYTHON = { 'requirements.txt': 'flask==3.0.0\ngunicorn==23.0.0\nfastapi\nuvicorn\n', 'main.py': 'print(1)\n' };
const GO = { 'go.mod': 'module example.com/a\n\ngo 1.21\n', 'main.go': 'package main\n\nfunc main() {}\n' };
const RUST = { 'Cargo.toml': '[package]\nname = "a"\n[features]\nx = []\ny = []\nz = []\n', 'src/main.rs': 'fn main() {}\n' };
const POM = (inside: string): string =>
	`<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>a</artifactId><version>1</version>${inside}</project>\n`;
const JAVA = { 'pom.xml': POM(''), 'src/main/java/Main.java': 'public class Main { public static void main(String[] a) {} }\n' };
const SPRING = {
	'pom.xml': POM(
		'<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version></parent><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>',
	),
	'src/main/java/Main.java': JAVA['src/main/java/Main.java'],
};
const DENO = { 'deno.json': {}, 'main.ts': 'Deno.serve(() => new Response("a"));\n' };

export const DECISIONS: readonly Decision[] = [
	{
		language: 'Node',
		builder: 'node',
		decides: 'version',
		part: 'runtime',
		project: NODE,
		sources: [
			{ says: '`volta.node` in package.json', files: { 'package.json': { volta: { node: '20.1.0' } } }, gives: '20.1.0' },
			{ says: '`devEngines.runtime`', files: { 'package.json': { devEngines: { runtime: { name: 'node', version: '20.2.0' } } } }, gives: '20.2.0' },
			{ says: '`.nvmrc`', files: { '.nvmrc': '20.4.0\n' }, gives: '20.4.0' },
			{ says: '`.node-version`', files: { '.node-version': '20.5.0\n' }, gives: '20.5.0' },
			{ says: '`.tool-versions`', files: { '.tool-versions': 'nodejs 20.6.0\n' }, gives: '20.6.0' },
			{ says: '`mise.toml`', files: { 'mise.toml': '[tools]\nnode = "20.7.0"\n' }, gives: '20.7.0' },
			{ says: '`engines.node`', files: { 'package.json': { engines: { node: '>=20.0.9' } } }, gives: 'engines.node' },
			{ says: 'Node 24', files: {}, gives: 'nothing asks' },
		],
	},
	{
		language: 'Node',
		builder: 'node',
		decides: 'dependencies',
		part: 'steps',
		project: { 'package.json': { name: 'a', scripts: { start: 'node server.js' }, dependencies: { ms: '2.1.3' } }, 'server.js': '' },
		sources: [
			{ says: '`packageManager` in package.json', files: { 'package.json': { packageManager: 'pnpm@9.1.0' } }, gives: '"pnpm"' },
			{
				says: 'the lock file',
				files: { 'yarn.lock': '# yarn lockfile v1\n\nms@2.1.3:\n  version "2.1.3"\n  resolved "ms-2.1.3.tgz#1"\n  integrity sha512-x\n' },
				gives: '"yarn"',
			},
			{ says: 'npm', files: {}, gives: '"npm"' },
		],
	},
	{
		language: 'Node',
		builder: 'node',
		decides: 'start',
		part: 'processes',
		project: { 'package.json': { name: 'a' }, ...Object.fromEntries(['p', 's', 't', 'm', 'server'].map((name) => [`${name}.js`, ''])) },
		sources: [
			{ says: '`Procfile`', files: { Procfile: 'web: node p.js\n' }, gives: '"p.js"' },
			{ says: 'script `start`', files: { 'package.json': { scripts: { start: 'node s.js' } } }, gives: '"s.js"' },
			{
				says: 'scripts `start:prod`, `start:production`, `serve:prod`, `production`',
				files: { 'package.json': { scripts: { 'start:prod': 'node t.js' } } },
				gives: '"t.js"',
			},
			{ says: '`main`', files: { 'package.json': { main: 'm.js' } }, gives: '"m.js"' },
			{ says: '`server`, `app`, `main`, `index` in the root, then in `src/`', files: {}, gives: '"server.js"' },
		],
	},
	{
		language: 'Node',
		builder: 'node',
		decides: 'port',
		part: 'config',
		project: NODE,
		sources: [
			{ says: '`PORT` that the start command sets', files: { 'package.json': { scripts: { start: 'PORT=3111 node server.js' } } }, gives: '3111/tcp' },
			{ says: '8080, where a source file reads `process.env.PORT`', files: {}, gives: '8080/tcp' },
		],
	},
	{
		language: 'Python',
		builder: 'python',
		decides: 'version',
		part: 'base',
		project: PYTHON,
		sources: [
			{ says: '`requires-python`', files: { 'pyproject.toml': '[project]\nname = "a"\nversion = "1"\nrequires-python = "<3.12"\n' }, gives: 'bookworm' },
			{ says: '`.python-version`', files: { '.python-version': '3.13\n' }, gives: 'trixie' },
			{ says: '`.tool-versions`', files: { '.tool-versions': 'python 3.11.4\n' }, gives: 'bookworm' },
			{ says: '`runtime.txt`', files: { 'runtime.txt': 'python-3.13.1\n' }, gives: 'trixie' },
			{ says: 'Python 3.13', files: {}, gives: 'trixie' },
		],
	},
	{
		language: 'Python',
		builder: 'python',
		decides: 'dependencies',
		part: 'steps',
		project: { 'main.py': 'print(1)\n' },
		sources: [
			{
				says: '`uv.lock`',
				files: {
					'uv.lock': 'version = 1\nrequires-python = ">=3.11"\n',
					'pyproject.toml': '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = []\n',
				},
				gives: 'uv.lock',
			},
			{
				says: '`Pipfile.lock`',
				files: { 'Pipfile.lock': { _meta: { hash: { sha256: 'x' } }, default: { six: { version: '==1.16.0' } } }, Pipfile: '[packages]\nsix = "*"\n' },
				gives: 'Pipfile.lock',
			},
			{ says: '`requirements.txt`', files: { 'requirements.txt': 'six==1.16.0\n' }, gives: 'requirements.txt' },
			{
				says: '`setup.py`',
				files: { 'setup.py': 'from setuptools import setup\nsetup(name="a", version="1", install_requires=["six"])\n' },
				gives: 'setup.py',
			},
		],
	},
	{
		language: 'Python',
		builder: 'python',
		decides: 'start',
		part: 'processes',
		project: {
			...PYTHON,
			'one.py': FLASK,
			'two.py': '',
			'three.py': 'from fastapi import FastAPI\nweb = FastAPI()\n',
		},
		sources: [
			{ says: '`Procfile`', files: { Procfile: 'web: gunicorn proc:app\n', 'proc.py': 'from flask import Flask\napp = Flask(__name__)\n' }, gives: 'proc:app' },
			{ says: '`wsgi_app` of `gunicorn.conf.py`', files: { 'gunicorn.conf.py': 'wsgi_app = "one:app"\n' }, gives: 'gunicorn.conf.py' },
			{ says: '`[tool.fastapi] entrypoint`', files: { 'pyproject.toml': '[tool.fastapi]\nentrypoint = "three:web"\n' }, gives: 'three:web' },
			{
				says: 'scripts `start`, `serve`, ... of PDM, Poe, taskipy, Rye, Hatch, Pipenv',
				files: { 'pyproject.toml': '[tool.poe.tasks]\nstart = "python two.py"\n' },
				gives: 'two.py',
			},
			{ says: 'a web app object of Flask, FastAPI, Django and others', files: { 'three.py': '', 'one.py': FLASK }, gives: 'one:app' },
			{
				says: 'a file with a main block, `main.py`',
				files: { 'one.py': '', 'three.py': '', 'main.py': 'if __name__ == "__main__":\n    print(1)\n' },
				gives: 'main.py',
			},
		],
	},
	{
		language: 'Go',
		builder: 'go',
		decides: 'version',
		part: 'facts',
		project: GO,
		sources: [
			{ says: '`go.work`', files: { 'go.work': 'go 1.23\n\nuse .\n' }, gives: '"1.23"' },
			{ says: '`go.mod`', files: {}, gives: '"1.21"' },
		],
	},
	{
		language: 'Go',
		builder: 'go',
		decides: 'dependencies',
		part: 'reasons',
		project: { ...GO, 'go.mod': 'module example.com/a\n\ngo 1.21\n' },
		sources: [
			{ says: '`vendor/modules.txt`', files: { 'vendor/modules.txt': '# x\n' }, gives: 'vendored' },
			{ says: '`go.sum`', files: { 'go.sum': 'a v1 h1:x=\n' }, gives: 'by go.sum' },
			{ says: 'looked up, with a warning', files: {}, gives: 'no dependencies' },
		],
	},
	{
		language: 'Go',
		builder: 'go',
		decides: 'flags',
		part: 'steps',
		project: GO,
		sources: [
			{ says: '`go:` in tare.yaml', files: { 'tare.yaml': 'go: {tags: [one]}\n' }, gives: '-tags=one' },
			{ says: '`go build` in the Dockerfile', files: { Dockerfile: 'FROM golang\nRUN go build -tags two .\n' }, gives: '-tags=two' },
			{ says: 'in the Makefile', files: { Makefile: 'a:\n\tgo build -tags three .\n' }, gives: '-tags=three' },
			{ says: 'in `build.sh`', files: { 'build.sh': 'go build -tags four .\n' }, gives: '-tags=four' },
			{ says: 'in files of continuous integration', files: { '.gitlab-ci.yml': 'a:\n  script: [go build -tags five .]\n' }, gives: '-tags=five' },
		],
	},
	{
		language: 'Go',
		builder: 'go',
		decides: 'port',
		part: 'config',
		project: { ...GO, 'main.go': 'package main\n\nfunc main() { http.ListenAndServe(":9111", nil) }\n' },
		sources: [
			{
				says: '8080, where the program reads `PORT`',
				files: { 'main.go': 'package main\n\nfunc main() { p := os.Getenv("PORT"); http.ListenAndServe(":9111", p) }\n' },
				gives: '8080/tcp',
			},
			{ says: 'the number that the program listens on', files: {}, gives: '9111/tcp' },
		],
	},
	{
		language: 'Rust',
		builder: 'rust',
		decides: 'version',
		part: 'facts',
		project: RUST,
		sources: [
			{ says: '`rust-toolchain.toml`', files: { 'rust-toolchain.toml': '[toolchain]\nchannel = "1.81"\n' }, gives: '"1.81"' },
			{
				says: '`rust-version` in Cargo.toml',
				files: { 'Cargo.toml': RUST['Cargo.toml'].replace('[features]', 'rust-version = "1.71"\n[features]') },
				gives: '"1.71"',
			},
		],
	},
	{
		language: 'Rust',
		builder: 'rust',
		decides: 'flags',
		part: 'steps',
		project: RUST,
		sources: [
			{ says: '`rust:` in tare.yaml', files: { 'tare.yaml': 'rust: {features: [x]}\n' }, gives: '"--features","x"' },
			{ says: '`cargo build` in the Dockerfile', files: { Dockerfile: 'FROM rust\nRUN cargo build --release -F y\n' }, gives: '"--features","y"' },
			{
				says: 'in the Makefile, `build.sh`, files of continuous integration',
				files: { Makefile: 'a:\n\tcargo build --release -F z\n' },
				gives: '"--features","z"',
			},
		],
	},
	{
		language: 'Java',
		builder: 'java',
		decides: 'version',
		part: 'base',
		project: JAVA,
		sources: [
			{
				says: 'the newest that `.java-version`, `.sdkmanrc`, `system.properties`, `.tool-versions`, `mise.toml` and the level of the code ask for',
				files: { '.java-version': '17\n', '.sdkmanrc': 'java=25.0.1-tem\n' },
				gives: 'jre-25',
			},
			{
				says: 'the level in the pom or the Gradle script',
				files: { 'pom.xml': POM('<properties><maven.compiler.release>25</maven.compiler.release></properties>') },
				gives: 'jre-25',
			},
			{ says: 'Java 21', files: {}, gives: 'jre-21' },
		],
	},
	{
		language: 'Java',
		builder: 'java',
		decides: 'port',
		part: 'config',
		project: SPRING,
		sources: [
			{ says: '`server.port` of `application.properties`', files: { 'src/main/resources/application.properties': 'server.port=9111\n' }, gives: '9111' },
			{ says: '`server.port` of `application.yml`', files: { 'src/main/resources/application.yml': 'server: {port: 9222}\n' }, gives: '9222' },
			{ says: '8080', files: {}, gives: '8080' },
		],
	},
	{
		language: 'Deno',
		builder: 'deno',
		decides: 'version',
		part: 'runtime',
		project: DENO,
		sources: [
			{ says: '`.deno-version`', files: { '.deno-version': '2.1.0\n' }, gives: '2.1.0' },
			{ says: '`.dvmrc`', files: { '.dvmrc': '2.2.0\n' }, gives: '2.2.0' },
			{ says: '`.tool-versions`', files: { '.tool-versions': 'deno 2.3.0\n' }, gives: '2.3.0' },
			{ says: 'Deno 2', files: {}, gives: '"2"' },
		],
	},
	{
		language: 'Deno',
		builder: 'deno',
		decides: 'start',
		part: 'processes',
		project: { ...DENO, 'p.ts': '', 't.ts': '' },
		sources: [
			{ says: '`Procfile`', files: { Procfile: 'web: deno run p.ts\n' }, gives: 'p.ts' },
			{ says: 'task `start` of deno.json', files: { 'deno.json': { tasks: { start: 'deno run t.ts' } } }, gives: 't.ts' },
			{ says: '`main`, `server`, `mod`, `index`, `app`, then in `src/`', files: {}, gives: 'main.ts' },
		],
	},
	{
		language: 'static',
		builder: 'static',
		decides: 'start',
		part: 'facts',
		project: { 'dist/index.html': 'a' },
		sources: [
			{ says: '`Staticfile`', files: { Staticfile: 'root: site2\n', 'site2/index.html': 'a' }, gives: '"site2"' },
			{ says: '`index.html` in the root', files: { 'index.html': 'a' }, gives: '"root":""' },
			{ says: '`public`, `dist`, `build`, `_site`, `site`, `out`, `www`', files: {}, gives: '"dist"' },
		],
	},
];

/** The files of a project with the sources from `at` on. */
export function filesFrom({ project, sources }: Decision, at: number): Record<string, string | object> {
	return sources.slice(at).reduceRight<Record<string, string | object>>((files, source) => mergeFiles(files, source.files), { ...project });
}

function mergeFiles(below: Readonly<Record<string, string | object>>, above: Readonly<Record<string, string | object>>): Record<string, string | object> {
	const merged: Record<string, string | object> = { ...below };
	for (const [path, content] of Object.entries(above)) {
		const old = merged[path];
		merged[path] = typeof content === 'object' && typeof old === 'object' ? deep(old, content) : content;
	}
	return merged;
}

function deep(below: object, above: object): object {
	const out: Record<string, unknown> = { ...below };
	for (const [key, value] of Object.entries(above)) {
		const old = out[key];
		const both = typeof value === 'object' && value !== null && typeof old === 'object' && old !== null && !Array.isArray(value);
		out[key] = both ? deep(old, value as object) : value;
	}
	return out;
}

const TITLES = { version: 'Version', dependencies: 'Dependencies', start: 'Start', port: 'Port', flags: 'Build flags' };

export function page(): string {
	const languages = [...new Set(DECISIONS.map(({ language }) => language))];
	const sections = languages.map((language) => {
		const rows = DECISIONS.filter((one) => one.language === language).map(
			({ decides, sources }) => `| ${TITLES[decides]} | ${sources.map(({ says }) => says).join('; ')} |`,
		);
		return `## ${language === 'static' ? 'Static sites' : language}\n\n| Decision | Read from, the first that is there |\n| --- | --- |\n${rows.join('\n')}\n`;
	});
	return `# What is read from which file

A flag of the command line comes first, then \`tare.yaml\`, then what the project's own files say, in the order of these tables. \`tare plan\` prints
the file and the line behind each decision. The README of each builder has the rest: frameworks, package managers, exceptions.

Each row is a test: a project that has all of the row's files gets the answer of the first, without it that of the second, and so on.

${sections.join('\n')}`;
}

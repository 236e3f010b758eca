/** Projects with the files that builders read, as people write them. */

export interface Project {
	readonly name: string;
	/** Named where the project is to be read by this one whatever its files say. */
	readonly builder?: string;
	readonly files: Readonly<Record<string, string>>;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const GENERAL = {
	'tare.yaml': 'env:\n  MODE: production\nlabels: {team: shop}\nports: [8080]\nuser: "1000:1000"\nignore:\n  - docs\n',
	Procfile: 'web: server --port $PORT\nworker: server work\nrelease: server migrate\n',
	Dockerfile:
		'FROM debian AS build\nARG VERSION=1.2\nRUN --mount=type=cache,target=/c \\\n  make && mkdir -p /app/data && chown app /app/data\nFROM scratch\nVOLUME ["/data"]\nCMD ["/app/server"]\n',
	Makefile: 'VERSION := 1.2\nbuild:\n\tgo build -tags x -ldflags "-X main.version=$(VERSION)" .\n',
	'compose.yaml': 'services:\n  app:\n    build: .\n    environment: [A=1]\n    volumes:\n      - data:/app/data\nvolumes: {data: {}}\n',
	'.dockerignore': '*.log\n!keep.log\ndocs/[a-z]*\n',
	'.tool-versions': 'nodejs 22.1.0\npython 3.13\njava temurin-21\n',
	'mise.toml': '[tools]\nnode = "22"\npython = { version = "3.13" }\n',
	'project.toml': '[_]\nid = "shop"\n[io.buildpacks]\nexclude = ["docs"]\n[[io.buildpacks.build.env]]\nname = "A"\nvalue = "1"\n',
	'railpack.json': json({ packages: { node: '22' }, deploy: { startCommand: 'server', variables: { A: '1' } } }),
	'app.json': json({ env: { A: { value: '1' }, B: '2' }, scripts: { postdeploy: 'x' } }),
	'.github/workflows/ci.yml':
		'on: push\nenv: {A: 1}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: go build -tags x .\n',
};

const LOCK = {
	name: 'shop',
	lockfileVersion: 3,
	packages: {
		'': { name: 'shop', dependencies: { express: '^4' } },
		'node_modules/express': { version: '4.19.2', resolved: 'express-4.19.2.tgz', integrity: 'sha512-x', bin: { express: 'bin.js' } },
	},
};
const PACKAGE = {
	name: 'shop',
	type: 'module',
	packageManager: 'npm@10.8.1',
	engines: { node: '>=20 <23', npm: '10' },
	scripts: { build: 'tsc -p .', start: 'NODE_ENV=production node --enable-source-maps dist/server.js --port $PORT', prestart: 'node x.js' },
	dependencies: { express: '^4' },
	devDependencies: { typescript: '5' },
	workspaces: ['packages/*', '!packages/{a,b}'],
	volta: { node: '20.1.0' },
	exports: { '.': { import: './a.mjs', default: './a.js' } },
	bin: { shop: './cli.js' },
};

export const PROJECTS: readonly Project[] = [
	{
		name: 'any language',
		files: {
			...GENERAL,
			'server.js': 'require("http").createServer().listen(process.env.PORT)',
			'package.json': json({ name: 'a', scripts: { start: 'node server.js' } }),
		},
	},
	{
		name: 'npm',
		builder: 'node',
		files: {
			'package.json': json(PACKAGE),
			'package-lock.json': json(LOCK),
			'packages/ui/package.json': json({ name: 'ui', version: '1.0.0', dependencies: { shop: '*' } }),
			'tsconfig.json':
				'{\n  // comments\n  "extends": "./base.json",\n  "compilerOptions": {"outDir": "dist", "rootDir": "src", "paths": {"@/*": ["src/*"]}},\n}\n',
			'turbo.json': json({ tasks: { build: { dependsOn: ['^build', 'ui#build'], outputs: ['dist/**'] } } }),
			'nx.json': json({ targetDefaults: { build: { dependsOn: ['^build'] } } }),
			'nest-cli.json': json({ monorepo: true, root: 'apps/a', projects: { a: { type: 'application', root: 'apps/a', entryFile: 'main' } } }),
			'.npmrc': 'registry=https://registry.example/\n//registry.example/:_authToken=${TOKEN}\nnode-options=--max-old-space-size=100\n',
			'.nvmrc': 'lts/-1\n',
			'ecosystem.config.js': 'module.exports = { apps: [{ name: "a", script: "dist/server.js", args: "--x", env: { A: 1 } }] }\n',
			'src/server.ts': 'import { mkdirSync } from "node:fs"; mkdirSync("./data"); export {}\n',
			'dist/server.js': '',
		},
	},
	{
		name: 'pnpm',
		builder: 'node',
		files: {
			'package.json': json({ ...PACKAGE, packageManager: 'pnpm@9.1.0', workspaces: undefined }),
			'pnpm-lock.yaml':
				"lockfileVersion: '9.0'\nsettings:\n  autoInstallPeers: true\nimporters:\n  .:\n    dependencies:\n      express:\n        specifier: ^4\n        version: 4.19.2\npackages:\n  express@4.19.2:\n    resolution: {integrity: sha512-x}\n    engines: {node: '>= 0.10'}\n    hasBin: true\nsnapshots:\n  express@4.19.2: {}\n",
			'pnpm-workspace.yaml': "packages:\n  - 'packages/*'\ncatalog:\n  react: ^18\nonlyBuiltDependencies: [esbuild]\n",
		},
	},
	{
		name: 'Yarn and Bun',
		builder: 'node',
		files: {
			'package.json': json({ ...PACKAGE, packageManager: 'yarn@4.1.0' }),
			'yarn.lock':
				'__metadata:\n  version: 8\n\n"express@npm:^4":\n  version: 4.19.2\n  resolution: "express@npm:4.19.2"\n  bin:\n    express: ./bin.js\n  checksum: 10/abc\n  languageName: node\n  linkType: hard\n',
			'.yarnrc.yml': 'nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\nnpmRegistryServer: "${REGISTRY:-https://registry.example}"\n',
			'bun.lock':
				'{\n  "lockfileVersion": 1,\n  "workspaces": {"": {"name": "shop", "dependencies": {"express": "^4"}}},\n  "packages": {"express": ["express@4.19.2", "", {}, "sha512-x"]},\n}\n',
			'bunfig.toml': '[install]\nlinker = "hoisted"\n',
		},
	},
	{
		name: 'Deno',
		builder: 'deno',
		files: {
			'deno.json': '{\n  // comment\n  "tasks": {"start": "deno run -A main.ts"},\n  "imports": {"a": "jsr:@std/a@1"},\n}\n',
			'deno.lock': json({ version: '4', specifiers: { 'jsr:@std/a@1': '1.0.0' } }),
			'main.ts': 'Deno.serve(() => new Response(Deno.env.get("PORT")));\n',
		},
	},
	{
		name: 'Go',
		builder: 'go',
		files: {
			'go.mod': 'module example.com/shop\n\ngo 1.24\n\nrequire (\n\texample.com/a v1.0.0 // indirect\n)\n\nreplace example.com/a => ./a\n',
			'go.sum': 'example.com/a v1.0.0 h1:x=\n',
			'go.work': 'go 1.24\n\nuse (\n\t.\n\t./a\n)\n',
			'a/go.mod': 'module example.com/a\n',
			'main.go':
				'//go:build linux\n\npackage main\n\nimport (\n\t"net/http"\n\t"os"\n)\n\n//go:embed pages/*\nvar files embed.FS\n\nfunc main() { os.MkdirAll("data", 0o755); http.ListenAndServe(":"+os.Getenv("PORT"), nil) }\n',
			'.ko.yaml': 'defaultBaseImage: example.com/base\nbuilds:\n  - id: main\n    main: .\n    ldflags: ["-X main.v={{.Env.V}}"]\n    env: [CGO_ENABLED=0]\n',
			Makefile: GENERAL.Makefile,
		},
	},
	{
		name: 'Rust',
		builder: 'rust',
		files: {
			'Cargo.toml':
				'[workspace]\nmembers = ["crates/*", "."]\n[package]\nname = "shop"\nversion = "1.0.0"\nedition = "2021"\nrust-version = "1.75"\n[dependencies]\na = { path = "crates/a", version = "1" }\n[features]\ndefault = ["x"]\nx = []\n[[bin]]\nname = "shop"\npath = "src/main.rs"\nrequired-features = ["x"]\n[profile.dist]\ninherits = "release"\n',
			'crates/a/Cargo.toml': '[package]\nname = "a"\nversion.workspace = true\n',
			'Cargo.lock': 'version = 4\n\n[[package]]\nname = "shop"\nversion = "1.0.0"\ndependencies = ["a"]\n',
			'rust-toolchain.toml': '[toolchain]\nchannel = "stable"\n',
			'.cargo/config.toml': '[build]\nrustflags = ["-C", "target-cpu=native"]\n[target.x86_64-unknown-linux-gnu]\nlinker = "clang"\n',
			'src/main.rs': 'fn main() { let dir = env!("CARGO_MANIFEST_DIR"); std::fs::create_dir_all("data"); listen("0.0.0.0:3000") }\n',
			Makefile: 'all:\n\tcargo build --release --features "x y"\n',
		},
	},
	{
		name: 'Python',
		builder: 'python',
		files: {
			'pyproject.toml':
				'[project]\nname = "shop"\ndynamic = ["version"]\nrequires-python = ">=3.11"\ndependencies = ["flask>=3; python_version > \'3\'", "gunicorn"]\n[project.scripts]\nserve = "shop:main"\n[project.optional-dependencies]\nweb = ["uvicorn"]\n[dependency-groups]\ndev = ["pytest", {include-group = "x"}]\nx = []\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[tool.hatch.version]\npath = "shop/__init__.py"\n[tool.uv]\ndefault-groups = ["x"]\n[tool.uv.sources]\nlib = { path = "lib" }\n',
			'requirements.txt': '-r more.txt\nflask==3.0.0 \\\n    --hash=sha256:00\n./lib\n-e .\nx @ file:lib\n',
			'setup.cfg':
				'[metadata]\nname = shop\nversion = attr: shop.__version__\n[options]\npackages = find:\ninstall_requires =\n    flask\n[options.entry_points]\nconsole_scripts =\n    shop = shop:main\n',
			'setup.py': 'from setuptools import setup, find_packages\nsetup(name="shop", version="1", package_dir={"": "src"}, install_requires=["flask"])\n',
			'gunicorn.conf.py': 'bind = "0.0.0.0:9000"\nwsgi_app = "shop:app"\nworkers = 2\n',
			'shop/__init__.py': '__version__ = "1.0"\nfrom flask import Flask\napp = Flask(__name__)\ndef main(): app.run()\n',
			'uv.lock':
				'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "flask"\nversion = "3.0.0"\nsource = { registry = "https://registry.example/simple" }\ndependencies = [{ name = "click" }]\n',
			'lib/pyproject.toml': '[project]\nname = "lib"\nversion = "1"\n',
		},
	},
	{
		name: 'Poetry, PDM and Pipenv',
		builder: 'python',
		files: {
			'pyproject.toml':
				'[tool.poetry]\nname = "shop"\nversion = "1"\npackages = [{ include = "shop", from = "src" }]\n[tool.poetry.dependencies]\npython = "^3.11"\nflask = { version = "^3", extras = ["async"], optional = true }\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n[tool.poetry.scripts]\nshop = "shop:main"\n',
			'poetry.lock':
				'[[package]]\nname = "flask"\nversion = "3.0.0"\noptional = false\npython-versions = ">=3.8"\nfiles = [{ file = "a.whl", hash = "sha256:0" }]\n\n[metadata]\nlock-version = "2.0"\ncontent-hash = "x"\n',
			'src/shop/__init__.py': 'def main(): pass\n',
			Pipfile: '[packages]\nflask = "*"\n[requires]\npython_version = "3.13"\n',
			'Pipfile.lock': json({ _meta: { hash: { sha256: 'x' } }, default: { flask: { version: '==3.0.0', hashes: ['sha256:0'] } } }),
			'main.py': 'print(1)\n',
		},
	},
	{
		name: 'Maven',
		builder: 'java',
		files: {
			'pom.xml':
				'<?xml version="1.0" encoding="UTF-8"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0">\n<modelVersion>4.0.0</modelVersion>\n<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version></parent>\n<groupId>a</groupId><artifactId>shop</artifactId><version>1</version>\n<properties><java.version>21</java.version></properties>\n<modules><module>core</module></modules>\n<dependencies><dependency><groupId>a</groupId><artifactId>core</artifactId><version>${project.version}</version></dependency></dependencies>\n<build><plugins><plugin><groupId>com.google.cloud.tools</groupId><artifactId>jib-maven-plugin</artifactId><configuration><container><mainClass>a.Main</mainClass><ports><port>80</port></ports></container></configuration></plugin></plugins></build>\n</project>\n',
			'core/pom.xml':
				'<project><parent><groupId>a</groupId><artifactId>shop</artifactId><version>1</version></parent><artifactId>core</artifactId></project>\n',
			'src/main/java/a/Main.java': 'package a; public class Main { public static void main(String[] args) {} }\n',
			'src/main/resources/application.yml':
				'server:\n  port: ${PORT:9000}\nspring:\n  config:\n    activate:\n      on-profile: prod\n---\nserver: {port: 1}\n',
			'src/main/resources/application.properties': 'server.port=${PORT:9000}\nlogging.file.name=logs/a.log\n',
			'.mvn/maven.config': '-Pprod\n-DskipTests\n',
			'system.properties': 'java.runtime.version=21\n',
		},
	},
	{
		name: 'Gradle',
		builder: 'java',
		files: {
			'settings.gradle': "rootProject.name = 'shop'\ninclude 'app', ':core'\nproject(':core').projectDir = file('core')\n",
			'build.gradle':
				"plugins { id 'java'; id 'application' }\napplication { mainClass = 'a.Main' }\njava { toolchain { languageVersion = JavaLanguageVersion.of(21) } }\ndependencies { implementation \"a:b:${version}\" }\n",
			'gradle.properties': 'version=1.0\norg.gradle.jvmargs=-Xmx1g\n',
			'gradle/wrapper/gradle-wrapper.properties': 'distributionUrl=https\\://services.example/gradle-8.7-bin.zip\n',
			'gradle/libs.versions.toml': '[versions]\nspring = "3.3.0"\n[libraries]\nb = { module = "a:b", version.ref = "spring" }\n',
			'app/build.gradle.kts': 'plugins { kotlin("jvm") version "2.0" }\ndependencies { implementation(project(":core")) }\n',
			'src/main/java/a/Main.java': 'package a; public class Main { public static void main(String[] args) {} }\n',
		},
	},
	{
		name: 'static',
		builder: 'static',
		files: {
			Staticfile: 'root: public\nspa: true\n',
			'public/index.html': '<p>a</p>\n',
			'public/_headers': '/*\n  X-A: 1\n',
			'public/_redirects': '/a /b 301\n/c/* /d/:splat 200\n',
		},
	},
];

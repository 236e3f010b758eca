/** What commands a project's build files hold: of Dockerfile, Makefile, scripts and CI. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { recipesOf } from '../../../src/builder/recipes/recipes.js';
import { scriptRecipes } from '../../../src/builder/recipes/words.js';
import { index } from '../../support/files.js';

type Files = Readonly<Record<string, string>>;

const words = (t: TestContext, files: Files, program: string) =>
	recipesOf(index(t, files))
		.filter((recipe) => recipe.words[0] === program)
		.map(({ words: all, file, line }) => `${file}:${line} ${all.join('|')}`);

test('Dockerfile: arguments, variables, continued lines, here-documents, mounts, the exec form', (t) => {
	const Dockerfile = [
		'ARG VERSION=1.2',
		'FROM golang AS build',
		'ARG VERSION',
		'ENV NAME=shop',
		'RUN --mount=type=cache,target=/root/.cache \\',
		'    go build -X $NAME.version=${VERSION} \\',
		'      -d "$(date)" ./cmd && echo done # go build no',
		'RUN <<EOF',
		'cd srv',
		'go build .',
		'EOF',
		'RUN ["go", "build", "./exec"]',
		'FROM scratch',
		'ARG VERSION=9',
		'RUN go build ${VERSION:-0} ${OTHER:-none}',
	].join('\n');
	assert.deepEqual(words(t, { Dockerfile }, 'go'), [
		'Dockerfile:5 go|build|-X|shop.version=1.2|-d|$(date)|./cmd',
		'Dockerfile:10 go|build|.',
		'Dockerfile:12 go|build|./exec',
		'Dockerfile:15 go|build|9|none',
	]);
});

test('Makefile: variables of plain text, prefixes, exports, functions that stay open', (t) => {
	const Makefile = [
		'VERSION ?= 2.0 # the release',
		'FLAGS := -X v=$(VERSION) -X c=$(shell git rev-parse HEAD)',
		'export GOEXPERIMENT = jsonv2',
		'build: deps',
		'\t@CGO_ENABLED=0 go build \\',
		'\t  -ldflags "$(FLAGS)" $$PKG',
		'\t-go vet ./...',
	].join('\n');
	assert.deepEqual(words(t, { Makefile }, 'go'), ['Makefile:5 go|build|-ldflags|-X v=2.0 -X c=$(shell git rev-parse HEAD)|$PKG', 'Makefile:7 go|vet|./...']);
	const [recipe] = recipesOf(index(t, { Makefile }));
	assert.deepEqual([recipe?.env, recipe?.target], [{ GOEXPERIMENT: 'jsonv2', CGO_ENABLED: '0' }, 'build']);
});

test('CI and task files: scripts of jobs, with the variables of each level', (t) => {
	const files = {
		'.github/workflows/ci.yml':
			'env: {TAGS: web}\njobs:\n  build:\n    env: {PROFILE: dist}\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          cd app\n          cargo build --profile $PROFILE --features $TAGS\n',
		'.gitlab-ci.yml': 'build:\n  script:\n    - cargo build -F ci\n',
		'Taskfile.yml': 'version: 3\ntasks:\n  build:\n    cmds:\n      - cargo build -F {{.TAGS}}\n      - cmd: cargo build -F task\n',
	};
	assert.deepEqual(words(t, files, 'cargo').sort(), [
		'.github/workflows/ci.yml:9 cargo|build|--profile|dist|--features|web',
		'.gitlab-ci.yml:3 cargo|build|-F|ci',
		'Taskfile.yml:5 cargo|build|-F|{{.TAGS}}',
		'Taskfile.yml:6 cargo|build|-F|task',
	]);
});

test('words that a shell would pass are read as it reads them', () => {
	const word = fc.stringMatching(/^[A-Za-z0-9 "'$\\;&|#=.-]{1,12}$/);
	const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
	fc.assert(
		fc.property(fc.array(word, { maxLength: 5 }), (all) => {
			const [recipe] = scriptRecipes({ text: ['go', ...all.map(quote)].join(' '), file: 'x', line: 1, env: {} });
			assert.deepEqual(recipe?.words.slice(1).length, all.length);
		}),
	);
});

test('any text is read without a failure, and quickly', (t) => {
	const read = (text: string): void =>
		void recipesOf(index(t, { Dockerfile: `RUN ${text}`, Makefile: `a:\n\t${text}`, 'build.sh': text, '.gitlab-ci.yml': text }));
	fc.assert(fc.property(fc.string({ maxLength: 400, unit: 'binary' }), read), { numRuns: 50 });
	const before = performance.now();
	read(`${'$('.repeat(20_000)}${'"'.repeat(20_001)}`);
	assert.ok(performance.now() - before < 2000);
});

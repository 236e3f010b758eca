/** Extras and groups that the project's own image build installs. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pythonRecipe } from '../../../builders/python/recipe.js';
import { index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

function taken(t: TestContext, files: Record<string, string>, settings: Record<string, unknown> = {}) {
	const { request, reasons, warnings } = pythonRecipe({ ...REQUEST, source: index(t, files), settings });
	const { extras = [], groups = [] } = request.settings as { extras?: readonly string[]; groups?: readonly string[] };
	return { extras, groups, said: [...reasons, ...warnings].map(({ file, line, says }) => `${file}:${line} ${says}`) };
}

test('each tool has its own words for extras and groups', (t) => {
	for (const [line, extras, groups] of [
		['pip install --no-cache-dir .[web,redis]', ['web', 'redis'], []],
		['python -m pip install -e ".[web]"', ['web'], []],
		['uv sync --frozen --no-dev --extra web --group=jobs', ['web'], ['jobs']],
		['uv pip install --system .[web]', ['web'], []],
		['poetry install --only main --extras "web redis" --with jobs', ['web', 'redis'], ['jobs']],
		['pdm sync --prod -G web', [], ['web']],
		['pip install -r requirements.txt', [], []],
		['uv sync --group dev --extra test', [], []],
		['echo poetry --with x', [], []],
	] as const)
		assert.deepEqual(
			[taken(t, { Dockerfile: `FROM python\nRUN ${line}\n` }).extras, taken(t, { Dockerfile: `FROM python\nRUN ${line}\n` }).groups],
			[extras, groups],
			line,
		);
});

test('it is said with the line; tare.yaml comes first; what only tests install does not count', (t) => {
	const Dockerfile = 'FROM python\nARG EXTRA\nRUN uv sync --extra web --extra $EXTRA\n';
	assert.deepEqual(taken(t, { Dockerfile }).said, [
		'Dockerfile:3 installed as there: extra web',
		'Dockerfile:3 left out: $EXTRA, whose value is only known when the command runs; set python: {extras: [...]} for it',
	]);
	assert.deepEqual(taken(t, { Dockerfile }, { extras: ['own'] }), { extras: ['own'], groups: [], said: [] });
	assert.deepEqual(taken(t, { '.github/workflows/a.yml': 'jobs:\n  a:\n    steps:\n      - run: pip install .[web]\n' }).extras, []);
});

/** The control socket of gunicorn: where it goes, and for whom. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gunicornEnvironment } from '../../../builders/python/gunicorn.js';
import { planPython } from '../../../builders/python/plan.js';
import { index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const env = (t: TestContext, start: string, version: string) =>
	gunicornEnvironment(planPython({ source: index(t, { 'requirements.txt': 'gunicorn\n', 'app.py': '' }), ...REQUEST, start }), {
		site: '',
		programs: [],
		packages: [{ type: 'pypi', name: 'gunicorn', version, purl: '' }],
	});

test('a gunicorn with a control socket is given a place that can be written to', (t) => {
	assert.deepEqual(env(t, 'gunicorn app:app', '25.1.0'), { XDG_RUNTIME_DIR: '/tmp' });
	assert.deepEqual(env(t, 'python -m gunicorn -b 0.0.0.0:$PORT app:app', '27.0.1'), { XDG_RUNTIME_DIR: '/tmp' });
	assert.deepEqual(env(t, 'gunicorn app:app', '25.0.3'), {}, 'before there was one');
	assert.deepEqual(env(t, 'uvicorn app:app', '27.0.1'), {});
});

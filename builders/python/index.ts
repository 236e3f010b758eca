/** The builder for Python. */
import type { Builder } from '../../src/builder/contract.js';
import { SETTINGS } from './settings.js';

export const python: Builder = {
	id: 'python',
	looksFor: 'requirements.txt, pyproject.toml with a project, a lock file (uv, Poetry, PDM, Pipenv), setup.py, manage.py, or main.py, app.py, server.py',
	sideBySide: true,
	settings: SETTINGS,
	rootOf: async (dir) => (await import('./workspace/root.js')).findRoot(dir),
	detect: async (source) => (await import('./detect.js')).detectPython(source),
	plan: async (_detection, request) => (await import('./plan.js')).planPython(request),
	apps: async (request) => (await import('./plan.js')).everyApp(request),
	inputs: () => ({ hostTools: ['uv', 'python3'] }),
	build: async (...args) => (await import('./build.js')).buildPython(...args),
	choose: async (...args) => (await import('./build.js')).choosePython(...args),
};

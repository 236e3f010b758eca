/** Is this a Python project? */
import type { Detection } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { requirementsFile } from './dependencies.js';
import { readProject } from './project.js';
import { scriptsWithHeader } from './script-header.js';
import { readToml } from './toml.js';
import { memberMatcher } from './workspace/members.js';

const MANIFESTS = ['uv.lock', 'poetry.lock', 'pdm.lock', 'pylock.toml', 'Pipfile.lock', 'Pipfile', 'setup.py', 'manage.py'];
const FILES = ['main.py', 'app.py', 'server.py', 'wsgi.py', 'asgi.py', 'streamlit_app.py'];

export function detectPython(source: FileIndex): Detection | undefined {
	const project = readProject(source);
	const file =
		project?.file ?? workspaceFile(source) ?? requirementsFile(source) ?? source.first(...MANIFESTS) ?? source.first(...FILES) ?? procfileOfPython(source);
	const script = file ?? lonely(source);
	if (script === undefined) return undefined;
	// A script beside another language's project is its helper: a client, a test.
	return { builder: 'python', reasons: [{ file: script, says: script }], facts: {}, ...(file === undefined && { weak: true }) };
}

/** A workspace whose root is no project. */
function workspaceFile(source: FileIndex): string | undefined {
	return memberMatcher(readToml(source, 'pyproject.toml')) === undefined ? undefined : 'pyproject.toml';
}

function procfileOfPython(source: FileIndex): string | undefined {
	return /^\w+:\s*(?:python3?|gunicorn|uvicorn)\b/m.test(source.text('Procfile') ?? '') ? 'Procfile' : undefined;
}

/** One Python file, or one that says what it needs, and nothing that another language would be known by. */
function lonely(source: FileIndex): string | undefined {
	const files = source.files.filter(({ path }) => !path.includes('/') && path.endsWith('.py'));
	return files.length === 1 ? files[0]?.path : scriptsWithHeader(source)[0];
}

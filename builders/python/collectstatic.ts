/** Django's static files, collected while building: the container's root cannot be written to. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { PythonFacts } from './facts.js';
import { installed } from './installed.js';
import { targetPython } from './interpreter.js';

/** How libraries say that a variable is missing. */
const MISSING = [
	/KeyError: ['"]([A-Z][A-Z0-9_]*)['"]/,
	/UndefinedValueError: ([A-Z][A-Z0-9_]*) not found/,
	/Set the ([A-Z][A-Z0-9_]*) environment variable/,
	/(?:Environment variable|environment variable) ["'`]?([A-Z][A-Z0-9_]*)["'`]?/,
];
const ATTEMPTS = 10;

/** Files that the command made, as entries of the app. A failure is a warning: the app may do without. */
export async function collectStatic(facts: PythonFacts, app: string, tools: Toolchain): Promise<readonly Entry[]> {
	if (facts.collects === undefined) return [];
	const place = join(await tools.workspace(), app, facts.collects.root);
	const before = new Set(filesBelow(place, ''));
	const failure = await run(facts, place, tools);
	if (failure !== undefined) {
		const why =
			failure
				.trim()
				.split('\n')
				.filter((line) => line.trim() !== '')
				.at(-1) ?? '';
		tools.emit({
			type: 'warning',
			says: `collectstatic failed, the image has no collected static files: ${why}`,
			hint: 'Give what it needs with --build-env NAME=VALUE, or leave it out with --no-build-script.',
		});
		return [];
	}
	const root = facts.collects.root === '' ? 'app' : `app/${facts.collects.root}`;
	const made = filesBelow(place, '').filter((path) => !before.has(path) && !path.includes('__pycache__/') && !/\.sqlite3?(?:-\w+)?$/.test(path));
	return made.map((path) => {
		const full = join(place, path);
		return { type: 'file', path: imagePath(`${root}/${path}`), mode: 0o644, size: lstatSync(full).size, content: { kind: 'disk', path: full } };
	});
}

/** Settings read variables that only the running app has: where one is missed, a stand-in is given and the command tried again. */
async function run(facts: PythonFacts, cwd: string, tools: Toolchain): Promise<string | undefined> {
	const { program } = await targetPython(facts.version, tools);
	const site = (await installed(facts, { os: 'linux', architecture: tools.host.architecture }, tools))?.site;
	const stand: Record<string, string> = {};
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const env = {
			PYTHONPATH: [cwd, site ?? ''].filter((part) => part !== '').join(':'),
			PYTHONDONTWRITEBYTECODE: '1',
			PYTHONHASHSEED: '0',
			...stand,
			...facts.buildEnv,
		};
		const result = await tools.run({ step: 'collectstatic', argv: [program, 'manage.py', 'collectstatic', '--noinput'], cwd, env });
		if (result.exitCode === 0) return undefined;
		const name = MISSING.map((pattern) => pattern.exec(result.tail)?.[1]).find((found) => found !== undefined && stand[found] === undefined);
		if (name === undefined) return result.tail;
		stand[name] = standIn(name);
	}
	return 'too many variables are missing';
}

function standIn(name: string): string {
	if (/DATABASE_URL|DB_URL/.test(name)) return 'sqlite:///:memory:';
	if (/PORT$|TIMEOUT|COUNT|SIZE/.test(name)) return '5432';
	if (/DEBUG/.test(name)) return 'False';
	return /URL$/.test(name) ? 'http://localhost' : 'set-when-the-container-runs';
}

function filesBelow(root: string, folder: string): string[] {
	return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
		const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
		return entry.isDirectory() ? filesBelow(root, path) : entry.isFile() ? [path] : [];
	});
}

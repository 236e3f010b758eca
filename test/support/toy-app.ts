/** An app that needs no base and no network: a builder of its own, one step, one file. The step prints what a hostile one would. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder, writeFiles } from './files.js';

const BUILDER = `export default ({ imagePath, TareError }) => ({
	id: 'toy',
	looksFor: 'toy.txt',
	detect: async (source) => (source.has('toy.txt') ? { builder: 'toy', reasons: [{ file: 'toy.txt', says: 'a toy' }], facts: {} } : undefined),
	plan: async () => ({
		builder: 'toy',
		steps: [{ id: 'make', command: ['make', 'toy'], env: {}, reasons: [{ file: 'toy.txt', line: 1, says: 'says how' }] }],
		layers: [{ name: 'app', purpose: 'app', says: 'the toy' }],
		base: { kind: 'scratch' },
		processes: [{ type: 'web', command: ['/app/toy'], reasons: [{ file: 'toy.txt', line: 2, says: 'names it' }] }],
		config: { env: { TOY: 'yes' } },
		reasons: [{ file: 'toy.txt', line: 1, says: 'a toy | with *markup*' }],
		warnings: [{ file: 'toy.txt', line: 2, says: 'is only a toy' }],
		tools: {},
		facts: {},
	}),
	inputs: () => ({ hostTools: [] }),
	build: async (_plan, _platform, tools) => {
		const cwd = await tools.workspace();
		const script = 'echo "token: $TOY_TOKEN"; echo ::error::pwned; echo "names: $(env | cut -d= -f1 | sort | tr "\\\\n" " ")"; grep -q broken toy.txt && exit 3; cp toy.txt made';
		const { exitCode, tail } = await tools.run({ step: 'make', argv: ['sh', '-c', script], cwd });
		if (!(await import('node:fs')).existsSync(cwd + '/made')) throw new TareError('BUILD_FAILED', 'the toy is broken', { at: { file: 'toy.txt', line: 3 }, hint: 'Mend it, or use --start.', data: { output: tail } });
		const bytes = (await import('node:fs')).readFileSync(cwd + '/made');
		const entry = { type: 'file', path: imagePath('app/toy'), mode: 0o755, size: bytes.length, content: { kind: 'bytes', bytes } };
		return { layers: [{ name: 'app', purpose: 'app', entries: async () => [entry] }], config: {}, packages: [{ type: 'generic', name: 'toy', version: String(bytes.length), purl: 'pkg:generic/toy@' + bytes.length }] };
	},
});
`;

/** A checkout with the app in app/, one commit of January 2024. */
export function toyCheckout(t: TestContext, dir = folder(t)): string {
	writeFiles(dir, { 'app/tare.yaml': 'builders: [./builder.mjs]\n', 'app/builder.mjs': BUILDER, 'app/toy.txt': 'a\ntoy\n' });
	git(dir, 'init', '-q');
	commit(dir, {});
	return dir;
}

export function commit(dir: string, files: Readonly<Record<string, string>>): void {
	writeFiles(dir, files);
	git(dir, 'add', '-A');
	git(dir, '-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'change');
}

function git(dir: string, ...args: readonly string[]): void {
	const date = '2024-01-02T03:04:05Z';
	execFileSync('git', ['-C', dir, ...args], {
		env: { ...process.env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date, GIT_CONFIG_GLOBAL: join(dir, '.none') },
	});
}

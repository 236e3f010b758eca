/**
 * Compiles src/builder/launcher/launch.c for each processor and writes the programs into programs.ts beside it.
 * Needs gcc and gcc-aarch64-linux-gnu (Debian); to be run after a change of launch.c only.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../src/builder/launcher/', import.meta.url));
const COMPILERS = { amd64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' };
const FLAGS = [
	...[
		'-Os',
		'-ffreestanding',
		'-fno-stack-protector',
		'-fno-asynchronous-unwind-tables',
		'-fno-pie',
		'-fcf-protection=none',
		'-fno-builtin',
		'-fno-tree-loop-distribute-patterns',
	],
	...['-nostdlib', '-static', '-no-pie', '-s', '-Wl,--build-id=none', '-Wl,-z,noseparate-code', '-Wl,-z,noexecstack'],
];

const work = mkdtempSync(join(tmpdir(), 'tare-launcher-'));
try {
	const programs = Object.entries(COMPILERS).map(([processor, compiler]) => {
		const file = join(work, processor);
		const flags = processor === 'arm64' ? FLAGS.filter((flag) => !flag.startsWith('-fcf')) : FLAGS;
		execFileSync(compiler, [...flags, '-o', file, join(FOLDER, 'launch.c')], { stdio: 'inherit' });
		execFileSync(compiler.replace(/gcc$/, 'strip'), ['--remove-section=.comment', file], { stdio: 'inherit' });
		return `\t${processor}: '${readFileSync(file).toString('base64')}',\n`;
	});
	const head = '/** launch.c as scripts/launcher.mjs compiled it, in base64: the launcher is the same on a machine that has no compiler. */\n';
	writeFileSync(join(FOLDER, 'programs.ts'), `${head}export const PROGRAMS: Readonly<Record<string, string>> = {\n${programs.join('')}};\n`);
} finally {
	rmSync(work, { recursive: true });
}

/** Programs that tests check with: missing ones are a skip on a developer's machine and a failure in CI. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';

/** rustup's programs are there without any toolchain, too. */
function isThere(name: string): boolean {
	return spawnSync('sh', ['-c', name === 'cargo' ? 'cargo --version' : `command -v ${name}`]).status === 0;
}

/** @returns false after marking the test as skipped */
export function hasTools(t: TestContext, ...names: readonly string[]): boolean {
	return hasAll(
		t,
		names.filter((name) => !isThere(name)),
	);
}

/** Debian's Rust with the standard libraries of these targets, whatever rustup has; `.ci/rust-targets` installs them. */
export function hasRustTargets(t: TestContext, ...triples: readonly string[]): boolean {
	const isInstalled = (triple: string): boolean => {
		const { status, stdout } = spawnSync('/usr/bin/rustc', ['--print', 'target-libdir', '--target', triple], { encoding: 'utf8' });
		return status === 0 && existsSync(stdout.trim());
	};
	return hasAll(
		t,
		triples.filter((triple) => !isInstalled(triple)).map((triple) => `Rust for ${triple}`),
	);
}

function hasAll(t: TestContext, missing: readonly string[]): boolean {
	if (missing.length === 0) return true;
	if (process.env.CI === 'true') throw new Error(`CI lacks ${missing.join(', ')}`);
	t.skip(`needs ${missing.join(', ')}`);
	return false;
}

/** Programs that not even CI has to have. @returns false after marking the test as skipped */
export function offersTools(t: TestContext, ...names: readonly string[]): boolean {
	const missing = names.filter((name) => !isThere(name));
	if (missing.length > 0) t.skip(`needs ${missing.join(', ')}`);
	return missing.length === 0;
}

/** Booting needs root for runc and umoci. */
export function canBoot(t: TestContext): boolean {
	if (!hasTools(t, 'umoci', 'runc')) return false;
	if (process.getuid?.() === 0) return true;
	t.skip('booting images needs root');
	return false;
}

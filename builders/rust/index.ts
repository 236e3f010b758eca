/** The builder for Rust. */
import type { Builder } from '../../src/builder/contract.js';
import { buildRust } from './build.js';
import { everyProgram, planRust } from './plan.js';
import { findRoot } from './root.js';

export const rust: Builder = {
	id: 'rust',
	looksFor: 'Cargo.toml',
	severalPrograms: true,
	rootOf: findRoot,
	detect: async (source) => (source.has('Cargo.toml') ? { builder: 'rust', reasons: [{ file: 'Cargo.toml', says: 'Cargo.toml' }], facts: {} } : undefined),
	plan: async (_detection, request) => planRust(request),
	apps: everyProgram,
	// cargo and rustc may be shims of rustup, whose files stay when it updates what they run.
	inputs: () => ({ hostTools: ['cargo', 'rustc', 'gcc'], hostFolders: ['RUSTUP_HOME', 'HOME/.rustup'] }),
	build: buildRust,
};

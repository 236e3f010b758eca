/** The builder for Rust. */
import type { Builder } from '../../src/builder/contract.js';
import { SETTINGS } from './settings.js';

export const rust: Builder = {
	id: 'rust',
	looksFor: 'Cargo.toml',
	sideBySide: true,
	settings: SETTINGS,
	severalPrograms: true,
	rootOf: async (dir) => (await import('./root.js')).findRoot(dir),
	detect: async (source) => (source.has('Cargo.toml') ? { builder: 'rust', reasons: [{ file: 'Cargo.toml', says: 'Cargo.toml' }], facts: {} } : undefined),
	plan: async (_detection, request) => (await import('./plan.js')).planRust(request),
	apps: async (request) => (await import('./plan.js')).everyProgram(request),
	// cargo and rustc may be shims of rustup, whose files stay when it updates what they run.
	inputs: () => ({ hostTools: ['cargo', 'rustc', 'gcc'], hostFolders: ['RUSTUP_HOME', 'HOME/.rustup'] }),
	build: async (...args) => (await import('./build.js')).buildRust(...args),
};

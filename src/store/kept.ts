/** Every folder that the store keeps: who may use it, and how a change to it is noticed. docs/store.md has the same table for users. */

interface Kept {
	/** `all`: a trusted tool wrote it before project code ran. `project`: code of the project may have, and only the same source folder gets it back. */
	readonly usedBy: 'all' | 'project';
	/** Compared with what it was when it was made: before each use. */
	readonly verified: boolean;
	/** Made from what was downloaded or from verified blobs alone: `--fresh` may use it. */
	readonly isSource: boolean;
}

const TOOL: Kept = { usedBy: 'all', verified: true, isSource: true };
const MADE: Kept = { usedBy: 'all', verified: true, isSource: false };
const OWN: Kept = { usedBy: 'project', verified: false, isSource: false };

const KINDS: Readonly<Record<string, Kept>> = {
	tool: TOOL,
	'python-tool': TOOL,
	'debian-root': TOOL,
	'package-list': { ...TOOL, verified: false },
	root: { ...TOOL, verified: false },
	'python-library': TOOL,
	'java-runtime': MADE,
	'node-production': MADE,
	'python-site': MADE,
	'java-cds': { ...OWN, verified: true },
	'java-packed': { ...OWN, verified: true },
	// By the Node builder, which knows what the installer wrote.
	'node-modules': { ...MADE, verified: false },
	'package-cache': OWN,
	'cargo-target': OWN,
	'go-linked': OWN,
	compressed: OWN,
	source: OWN,
};

/** A kind that the table does not have is treated as the most doubtful. */
export function keptKind(kind: string): Kept {
	return KINDS[kind] ?? OWN;
}

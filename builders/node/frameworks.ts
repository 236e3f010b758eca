/** Frameworks that say by their build's output what runs in production, whatever their start script does. */
import type { Reason } from '../../src/builder/contract.js';
import { allDependencies, type Manifest } from './manifest.js';

interface Framework {
	readonly name: string;
	/** A dependency that gives it away. */
	readonly dependency: string;
	/** The server that its build makes. */
	readonly server: string;
	/** Variables it needs to listen outside the container. */
	readonly env: Readonly<Record<string, string>>;
}

const HOST = { HOST: '0.0.0.0' };

const FRAMEWORKS: readonly Framework[] = [
	{ name: 'Nuxt', dependency: 'nuxt', server: '.output/server/index.mjs', env: HOST },
	{ name: 'Nitro', dependency: 'nitropack', server: '.output/server/index.mjs', env: HOST },
	{ name: 'SvelteKit', dependency: '@sveltejs/adapter-node', server: 'build/index.js', env: HOST },
	{ name: 'Astro', dependency: '@astrojs/node', server: 'dist/server/entry.mjs', env: HOST },
	{ name: 'NestJS', dependency: '@nestjs/core', server: 'dist/main.js', env: {} },
];

export interface FrameworkStart {
	readonly command: string;
	readonly env: Readonly<Record<string, string>>;
	readonly reason: Reason;
}

/** Undefined where nothing is built: the output would not be there. */
export function frameworkStart(manifest: Manifest | undefined, builds: boolean): FrameworkStart | undefined {
	if (manifest === undefined || !builds) return undefined;
	const dependencies = allDependencies(manifest.json);
	const found = FRAMEWORKS.find(({ dependency }) => dependencies[dependency] !== undefined);
	if (found === undefined) return undefined;
	const key = found.dependency in manifest.json.dependencies ? 'dependencies' : 'devDependencies';
	return {
		command: `node ${found.server}`,
		env: found.env,
		reason: { file: manifest.file, line: manifest.lineOf(key, found.dependency), says: `${found.name}: its build makes ${found.server}` },
	};
}

/** nixpacks.toml and nixpacks.json: https://nixpacks.com/docs/configuration/file */
import { takeCommands } from './commands.js';
import { readJson, readToml } from './parse.js';
import { type Foreign, table, text, texts, variables } from './types.js';

/** @throws TareError MANIFEST_INVALID */
export function readNixpacks(content: string, file: string): Foreign {
	const root = file.endsWith('.json') ? readJson(content, file) : readToml(content, file);
	const phases = table(root.phases);
	const { cmds, cmd } = table(phases.build);
	const taken = takeCommands(file, texts(cmds ?? cmd), text(table(root.start).cmd));
	const env = variables(root.variables);
	const debian = texts(table(phases.setup).aptPkgs);
	return {
		config: {
			...taken.config,
			...(Object.keys(env).length > 0 && { env, build: { ...taken.config.build, env } }),
			...(debian.length > 0 && { packages: [...debian] }),
		},
		settings: {},
		notes: [
			...taken.notes,
			...Object.keys(env).map((name) => ({ file, says: `variable ${name} of build and image` })),
			...debian.map((name) => ({ file, says: `Debian package ${name}` })),
		],
		warnings: [
			...taken.warnings,
			...(table(phases.setup).nixPkgs === undefined
				? []
				: [{ file, says: 'nixPkgs are not used: the builder brings its runtime, Debian packages come from `packages:`' }]),
		],
	};
}

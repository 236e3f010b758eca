/** railpack.json: https://railpack.com/config/file */
import { takeCommands } from './commands.js';
import { readJson } from './parse.js';
import { type Foreign, table, text, texts, variables } from './types.js';

/** @throws TareError MANIFEST_INVALID */
export function readRailpack(content: string, file: string): Foreign {
	const { steps, deploy, packages, provider } = readJson(content, file);
	const { startCommand, variables: env, aptPackages } = table(deploy);
	const commands = table(table(steps).build).commands;
	const lines = (Array.isArray(commands) ? commands : []).map((one) => text(one) ?? text(table(one).cmd)).filter((one) => one !== undefined);
	const taken = takeCommands(file, lines, text(startCommand));
	const image = variables(env);
	const debian = texts(aptPackages);
	const versions = Object.entries(variables(packages)).filter(([name]) => ['node', 'python', 'java', 'deno'].includes(name));
	return {
		config: {
			...taken.config,
			...(Object.keys(image).length > 0 && { env: image }),
			...(debian.length > 0 && { packages: [...debian] }),
			...(text(provider) !== undefined && { builder: providerOf(text(provider) as string) }),
		},
		settings: Object.fromEntries(versions.map(([name, version]) => [name, { version }])),
		notes: [
			...taken.notes,
			...Object.keys(image).map((name) => ({ file, says: `variable ${name} of the image` })),
			...debian.map((name) => ({ file, says: `Debian package ${name}` })),
			...versions.map(([name, version]) => ({ file, says: `${name} ${version}` })),
		],
		warnings: taken.warnings,
	};
}

function providerOf(name: string): string {
	return name === 'golang' ? 'go' : name === 'staticfile' ? 'static' : name;
}

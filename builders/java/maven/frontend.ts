/** Maven that runs npm or yarn: Node and these come from tare.lock, where the plugin or the PATH would find others or none. */
import { posix } from 'node:path';
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { isRecord, parseJson } from '../../../src/source/json.js';
import type { Element } from '../xml.js';
import { lineage, type Plugin, type Pom, pluginSettings, runPlugins } from './pom.js';

export interface Frontend {
	/** npm packages and runtimes by name and range, as the plan's `tools`. */
	readonly tools: Readonly<Record<string, string>>;
	/** Folders below the workspace that frontend-maven-plugin installs to. */
	readonly installs: readonly string[];
}

export interface FrontendPlan {
	readonly frontend?: Frontend;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

/** https://github.com/eirslett/frontend-maven-plugin */
const PLUGIN = 'frontend-maven-plugin';
const DEFAULT_NODE = '22';
const EXACT = /^v?(\d+\.\d+\.\d+)$/;
const PROGRAM = /(?:^|[\\/])(node|npm|npx|yarn)(?:\.cmd)?$/;
/** The newest npm for a Node. */
const NPM: readonly (readonly [node: number, npm: string])[] = [
	[20, '10'],
	[18, '9'],
	[14, '8'],
	[0, '6'],
];

export function planFrontend(reactor: readonly Pom[], source: FileIndex): FrontendPlan {
	const installing = reactor.flatMap((pom) => {
		const plugin = runPlugins(lineage(pom)).find(({ artifact }) => artifact === PLUGIN);
		return plugin === undefined ? [] : [{ pom, plugin }];
	});
	const running = reactor.flatMap((pom) => runPlugins([pom]).flatMap((plugin) => (programOf(plugin) === undefined ? [] : [{ pom, plugin }])));
	const [first] = installing;
	if (first !== undefined)
		return byPlugin(
			first,
			installing.map(({ pom }) => pom),
		);
	const [runs] = running;
	return runs === undefined ? { reasons: [], warnings: [] } : byPath(runs.pom, runs.plugin, source);
}

function byPlugin({ pom, plugin }: { readonly pom: Pom; readonly plugin: Plugin }, users: readonly Pom[]): FrontendPlan {
	const setting = (of: Pom, name: string): string | undefined => pluginSettings(lineage(of), PLUGIN, name)?.text;
	const place = { file: plugin.file, line: plugin.line };
	const node = EXACT.exec(setting(pom, 'nodeVersion') ?? '')?.[1];
	if (node === undefined)
		return {
			reasons: [],
			warnings: [{ ...place, says: `${PLUGIN} fetches Node itself, from outside of tare.lock: write its version as <nodeVersion>v22.12.0</nodeVersion>` }],
		};
	const npm = EXACT.exec(setting(pom, 'npmVersion') ?? '')?.[1] ?? npmFor(node);
	const yarn = /^v?(1\.\d+\.\d+)$/.exec(setting(pom, 'yarnVersion') ?? '')?.[1];
	const same = users.filter((one) => EXACT.exec(setting(one, 'nodeVersion') ?? '')?.[1] === node);
	const others = ['pnpmVersion', 'bunVersion', 'corepackVersion'].filter((name) => setting(pom, name) !== undefined);
	return {
		frontend: { tools: { node, npm, ...(yarn !== undefined && { yarn }) }, installs: same.map((one) => installFolder(one, setting(one, 'installDirectory'))) },
		reasons: [{ ...place, says: `Node ${node} and npm ${npm}${yarn === undefined ? '' : `, yarn ${yarn}`} for ${PLUGIN} come from tare.lock` }],
		warnings: [
			...users
				.filter((one) => !same.includes(one))
				.map((one) => ({ file: one.file, says: `${PLUGIN} fetches another Node than ${node} itself, from outside of tare.lock` })),
			...others.map((name) => ({ ...place, says: `${PLUGIN} fetches the program of <${name}> itself, from outside of tare.lock` })),
		],
	};
}

function installFolder({ folder }: Pom, written: string | undefined): string {
	const path = (written ?? '').replace(/\$\{(?:project\.|pom\.)?basedir\}\/?/g, '').replace(/\$\{project\.build\.directory\}/g, 'target');
	return path.includes('$') || path.startsWith('/') ? folder : posix.join(folder, path).replace(/^\.$/, '');
}

function byPath(pom: Pom, plugin: Plugin, source: FileIndex): FrontendPlan {
	const written = pluginSettings([pom], plugin.artifact, 'workingDirectory')?.text ?? '';
	const { node, because } = nodeFor(installFolder(pom, written), pom.folder, source);
	const npm = npmFor(node);
	return {
		frontend: { tools: { node, npm, ...(programOf(plugin) === 'yarn' && { yarn: '1' }) }, installs: [] },
		reasons: [{ file: plugin.file, line: plugin.line, says: `${plugin.artifact} runs ${programOf(plugin)}: Node ${node} (${because}) comes from tare.lock` }],
		warnings: [],
	};
}

/** In an executable or an attribute of that name (Ant's exec). */
function programOf({ artifact, xml }: Plugin): string | undefined {
	return /^(?:exec-maven|maven-antrun)-plugin$/.test(artifact) ? executable(xml) : undefined;
}

function executable({ name, text, attributes, children }: Element): string | undefined {
	const own = PROGRAM.exec(name === 'executable' ? text.trim() : (attributes.executable ?? ''))?.[1];
	return own ?? children.map(executable).find((found) => found !== undefined);
}

function nodeFor(folder: string, module: string, source: FileIndex): { readonly node: string; readonly because: string } {
	for (const at of [folder, module, '']) {
		for (const name of ['.nvmrc', '.node-version']) {
			const version = /^v?(\d+(?:\.\d+){0,2})\s*$/.exec(source.text(posix.join(at, name)) ?? '')?.[1];
			if (version !== undefined) return { node: version, because: posix.join(at, name) };
		}
		const file = posix.join(at, 'package.json');
		const engines = parseEngines(source.text(file), file);
		if (engines !== undefined) return { node: engines, because: file };
	}
	return { node: DEFAULT_NODE, because: 'nothing asks for a version' };
}

/** @throws TareError MANIFEST_INVALID */
function parseEngines(text: string | undefined, file: string): string | undefined {
	const json = text === undefined ? undefined : parseJson(text, file).value;
	const engines = isRecord(json) ? json.engines : undefined;
	const node = isRecord(engines) ? engines.node : undefined;
	return typeof node === 'string' && node.trim() !== '' ? node : undefined;
}

function npmFor(node: string): string {
	const major = Number(/\d+/.exec(node)?.[0] ?? DEFAULT_NODE);
	return NPM.find(([least]) => major >= least)?.[1] ?? '10';
}

/** What a project says to Jib about its image (https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#extended-usage): read, or reported. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { childOf, childrenOf, type Element, textOf } from '../xml.js';
import { type Configuration, configurationOf } from './configuration.js';
import { type ExtraDirectory, extraDirectories } from './jib-directories.js';
import { type Pom, property, resolvedIn } from './pom.js';

export interface JibSettings {
	readonly main?: string;
	readonly flags: readonly string[];
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** `8080/tcp` */
	readonly ports: readonly string[];
	readonly labels: Readonly<Record<string, string>>;
	readonly volumes: readonly string[];
	readonly user?: string;
	readonly workdir?: string;
	/** Reference of the base image. */
	readonly base?: string;
	readonly extra: readonly ExtraDirectory[];
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

const NONE: JibSettings = { flags: [], args: [], env: {}, ports: [], labels: {}, volumes: [], extra: [], reasons: [], warnings: [] };
const PLUGIN = 'jib-maven-plugin';
const REFERENCE = /\$\{([^}]+)\}/g;
const LIST = ['jvmFlags', 'args', 'ports', 'volumes'] as const;
const MAP = ['environment', 'labels'] as const;
/** Read, or of no meaning here: an image's form, and what Tare does anyway. */
const CONTAINER = new Set<string>([...LIST, ...MAP, 'mainClass', 'user', 'workingDirectory', 'format', 'expandClasspathDependencies']);
/** Of Jib's own doing: where it writes, and how it signs in, for which Tare reads the user's own configuration. */
const OWN = new Set(['from', 'to', 'container', 'extraDirectories', 'dockerClient', 'outputPaths', 'skip', 'containerizingMode']);

/** @param own the pom of the module that is the app, and its parents @param defined properties of the command line */
export function readJib(own: readonly Pom[], source: FileIndex, defined: ReadonlyMap<string, string> = new Map()): JibSettings {
	const found = configurationOf(own, PLUGIN);
	if (found === undefined) return own.length === 0 ? NONE : { ...NONE, warnings: inactive(own) };
	const settings = new Settings(found.xml, own, defined);
	const [pom] = own;
	const folder = pom === undefined || pom.folder === '' ? '' : `${pom.folder}/`;
	const extra = extraDirectories(childOf(found.xml, 'extraDirectories'), folder, source);
	const [main, user, workdir] = [
		settings.value('container', 'mainClass'),
		settings.value('container', 'user'),
		settings.value('container', 'workingDirectory'),
	];
	const from = settings.value('from', 'image')?.replace(/^registry:\/\//, '');
	const isReference = from !== undefined && !/\$|^\w+:\/\/|^scratch$/.test(from);
	const taken: JibSettings = {
		...(main !== undefined && !main.includes('$') && { main }),
		flags: settings.list('jvmFlags'),
		args: settings.list('args'),
		env: settings.map('environment'),
		ports: settings.list('ports').flatMap(portsOf),
		labels: settings.map('labels'),
		volumes: settings.list('volumes'),
		...(user !== undefined && { user }),
		...(workdir !== undefined && { workdir }),
		...(isReference && { base: from }),
		extra: extra.directories,
		reasons: reasonsFor(found, { base: isReference ? from : undefined, extra: extra.directories, to: namesOf(settings) }),
		warnings: [],
	};
	const container = childOf(found.xml, 'container')?.children ?? [];
	const left = [
		...(isReference || from === undefined ? [] : [`from.image ${from}`]),
		...(settings.value('from', 'platforms') === undefined && childOf(found.xml, 'from', 'platforms') === undefined ? [] : ['from.platforms (use --platform)']),
		...container.filter((one) => !CONTAINER.has(one.name) && !isDefault(one)).map(({ name }) => `container.${name}${adviceFor(name)}`),
		...found.xml.children.filter(({ name }) => !OWN.has(name)).map(({ name }) => `${name}${adviceFor(name)}`),
		...found.others.map((id) => `the execution ${id}`),
		...settings.unresolved(),
		...extra.left,
	];
	return { ...taken, warnings: [...warningsFor(found, left), ...inactive(own)] };
}

/** Settings with what the project's properties say in their place: https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#system-properties */
class Settings {
	readonly #xml: Element;
	readonly #own: readonly Pom[];
	readonly #defined: ReadonlyMap<string, string>;
	readonly #open = new Set<string>();

	constructor(xml: Element, own: readonly Pom[], defined: ReadonlyMap<string, string>) {
		this.#xml = xml;
		this.#own = own;
		this.#defined = defined;
	}

	value(...path: readonly string[]): string | undefined {
		const text = this.#property(path) ?? textOf(this.#xml, ...path);
		return text === undefined ? undefined : this.#resolved(text);
	}

	list(name: string, owner = 'container'): readonly string[] {
		const words = this.#property([owner, name])?.split(',') ?? (childOf(this.#xml, owner, name)?.children ?? []).map(({ text }) => text);
		return words.map((word) => this.#resolved(word.trim())).filter((word) => word !== '');
	}

	map(name: string): Readonly<Record<string, string>> {
		const pairs = this.#property(['container', name])
			?.split(',')
			.map((pair): [string, string] => [pair.split('=', 1)[0]?.trim() ?? '', pair.slice(pair.indexOf('=') + 1)]);
		const written = (childOf(this.#xml, 'container', name)?.children ?? []).map((one): [string, string] => [one.name, one.text.trim()]);
		return Object.fromEntries((pairs ?? written).map(([key, text]) => [key, this.#resolved(text)]));
	}

	/** Only a build with Maven knows them: what is asked for until now. */
	unresolved(): readonly string[] {
		return [...this.#open].map((text) => `the value of ${text}`);
	}

	#property(path: readonly string[]): string | undefined {
		const name = `jib.${path.join('.')}`;
		return this.#defined.get(name) ?? property(this.#own, name)?.text;
	}

	#resolved(text: string): string {
		const given = text.replace(REFERENCE, (whole, name: string) => this.#defined.get(name) ?? whole);
		const resolved = resolvedIn(given, this.#own);
		for (const [whole] of resolved.matchAll(REFERENCE)) this.#open.add(whole);
		return resolved;
	}
}

/** A profile that does not take part may be the one that images are made with. */
function inactive(own: readonly Pom[]): readonly Reason[] {
	return own.flatMap(({ xml, file, active }) =>
		childrenOf(childOf(xml, 'profiles'), 'profile')
			.filter((profile) => !active.includes(profile))
			.flatMap((profile) =>
				['plugins', 'pluginManagement']
					.flatMap((list) => childrenOf(list === 'plugins' ? childOf(profile, 'build', list) : childOf(profile, 'build', list, 'plugins'), 'plugin'))
					.filter((plugin) => textOf(plugin, 'artifactId') === PLUGIN && childOf(plugin, 'configuration') !== undefined)
					.map(({ line }) => {
						const id = textOf(profile, 'id') ?? '';
						return { file, line, says: `the profile ${id} has settings of ${PLUGIN}, and is not used: java: { profiles: [${id}] } in tare.yaml uses it` };
					}),
			),
	);
}

/** `8080`, `8000-8002/udp` */
function portsOf(text: string): readonly string[] {
	const [, first = '', last = first, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp))?$/.exec(text) ?? [];
	const count = first === '' ? 0 : Math.min(1 + Number(last) - Number(first), 1 << 16);
	return Array.from({ length: Math.max(0, count) }, (_, at) => `${Number(first) + at}/${protocol}`);
}

/** What Jib does by default, and Tare, too. */
function isDefault({ name, text }: Element): boolean {
	return (
		(name === 'creationTime' && text.trim() === 'EPOCH') ||
		(name === 'filesModificationTime' && text.trim() === 'EPOCH_PLUS_SECOND') ||
		(name === 'appRoot' && text.trim() === '/app')
	);
}

const ADVICE: Readonly<Record<string, string>> = {
	entrypoint: ' (use start: in tare.yaml)',
	creationTime: ' (set SOURCE_DATE_EPOCH)',
	filesModificationTime: ' (set SOURCE_DATE_EPOCH)',
	allowInsecureRegistries: ' (use --insecure HOST)',
};

function adviceFor(name: string): string {
	return ADVICE[name] ?? '';
}

/** The names that Jib would push to. */
function namesOf(settings: Settings): readonly string[] {
	const name = settings.value('to', 'image');
	if (name === undefined) return [];
	const repository = name.replace(/:[^:/]+$/, '');
	const tags = settings.list('tags', 'to').map((tag) => `${repository}:${tag}`);
	return [name, ...tags].filter((one) => !one.includes('$'));
}

interface Taken {
	readonly base: string | undefined;
	readonly extra: readonly ExtraDirectory[];
	readonly to: readonly string[];
}

function reasonsFor({ file, line }: Configuration, { base, extra, to }: Taken): readonly Reason[] {
	return [
		'settings of jib-maven-plugin are read',
		...(base === undefined ? [] : [`base ${base}, as Jib has it; --base debian takes Tare's own`]),
		...extra.map(({ from, into }) => `${from} in ${into}, as Jib has it`),
		...(to.length === 0 ? [] : [`Jib would push to ${to.join(', ')}: tare build ${to.map((name) => `-t ${name}`).join(' ')} --push`]),
	].map((says) => ({ file, line, says }));
}

function warningsFor({ file, line }: Configuration, left: readonly string[]): readonly Reason[] {
	return left.length === 0 ? [] : [{ file, line, says: `of jib-maven-plugin these settings are not read: ${left.join(', ')}; say them in tare.yaml` }];
}

/** What a project says to Jib about its image (https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#extended-usage): read, or reported. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { childOf, type Element, textOf } from '../xml.js';
import { type ExtraDirectory, extraDirectories } from './jib-directories.js';
import { type Plugin, type Pom, plugins, resolvedIn } from './pom.js';

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
const LIST = ['jvmFlags', 'args', 'ports', 'volumes'] as const;
const MAP = ['environment', 'labels'] as const;
/** Read, or of no meaning here: an image's form, and what Tare does anyway. */
const CONTAINER = new Set<string>([...LIST, ...MAP, 'mainClass', 'user', 'workingDirectory', 'format', 'expandClasspathDependencies']);
/** Of Jib's own doing: where it writes, and how it signs in, for which Tare reads the user's own configuration. */
const OWN = new Set(['from', 'to', 'container', 'extraDirectories', 'dockerClient', 'outputPaths', 'skip', 'containerizingMode']);

export function readJib(poms: readonly Pom[], source: FileIndex): JibSettings {
	const plugin = plugins(poms).find(({ artifact }) => artifact === 'jib-maven-plugin');
	if (plugin === undefined) return NONE;
	const configuration = childOf(plugin.xml, 'configuration');
	const container = childOf(configuration, 'container');
	const value = (...path: readonly string[]) => {
		const text = textOf(configuration, ...path);
		return text === undefined ? undefined : resolvedIn(text, poms);
	};
	const list = (name: (typeof LIST)[number]) =>
		(childOf(container, name)?.children ?? []).map(({ text }) => resolvedIn(text.trim(), poms)).filter((word) => word !== '');
	const map = (name: (typeof MAP)[number]) =>
		Object.fromEntries((childOf(container, name)?.children ?? []).map(({ name: key, text }) => [key, resolvedIn(text.trim(), poms)]));
	const folder = plugin.file.slice(0, -'pom.xml'.length);
	const extra = extraDirectories(childOf(configuration, 'extraDirectories'), folder, source);
	const [main, user, workdir] = [value('container', 'mainClass'), value('container', 'user'), value('container', 'workingDirectory')];
	const from = value('from', 'image')?.replace(/^registry:\/\//, '');
	const isReference = from !== undefined && !/\$|^\w+:\/\/|^scratch$/.test(from);
	return {
		...(main !== undefined && !main.includes('$') && { main }),
		flags: list('jvmFlags'),
		args: list('args'),
		env: map('environment'),
		ports: list('ports').flatMap(portsOf),
		labels: map('labels'),
		volumes: list('volumes'),
		...(user !== undefined && { user }),
		...(workdir !== undefined && { workdir }),
		...(isReference && { base: from }),
		extra: extra.directories,
		reasons: reasonsFor(plugin, { base: isReference ? from : undefined, extra: extra.directories, to: namesOf(configuration, poms) }),
		warnings: warningsFor(plugin, [
			...(isReference || from === undefined ? [] : [`from.image ${from}`]),
			...(childOf(configuration, 'from', 'platforms') === undefined ? [] : ['from.platforms (use --platform)']),
			...(container?.children ?? []).filter((one) => !CONTAINER.has(one.name) && !isDefault(one)).map(({ name }) => `container.${name}${adviceFor(name)}`),
			...(configuration?.children ?? []).filter(({ name }) => !OWN.has(name)).map(({ name }) => `${name}${adviceFor(name)}`),
			...extra.left,
		]),
	};
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
function namesOf(configuration: Element | undefined, poms: readonly Pom[]): readonly string[] {
	const image = textOf(configuration, 'to', 'image');
	if (image === undefined) return [];
	const name = resolvedIn(image, poms);
	const repository = name.replace(/:[^:/]+$/, '');
	const tags = (childOf(configuration, 'to', 'tags')?.children ?? []).map(({ text }) => `${repository}:${resolvedIn(text.trim(), poms)}`);
	return [name, ...tags].filter((one) => !one.includes('$'));
}

interface Taken {
	readonly base: string | undefined;
	readonly extra: readonly ExtraDirectory[];
	readonly to: readonly string[];
}

function reasonsFor({ file, line }: Plugin, { base, extra, to }: Taken): readonly Reason[] {
	return [
		'settings of jib-maven-plugin are read',
		...(base === undefined ? [] : [`base ${base}, as Jib has it; --base debian takes Tare's own`]),
		...extra.map(({ from, into }) => `${from} in ${into}, as Jib has it`),
		...(to.length === 0 ? [] : [`Jib would push to ${to.join(', ')}: tare build ${to.map((name) => `-t ${name}`).join(' ')} --push`]),
	].map((says) => ({ file, line, says }));
}

function warningsFor({ file, line }: Plugin, left: readonly string[]): readonly Reason[] {
	return left.length === 0 ? [] : [{ file, line, says: `of jib-maven-plugin these settings are not read: ${left.join(', ')}; say them in tare.yaml` }];
}

/** Which port the app listens on, and how it is told another: by PORT itself, or by the framework's own variable that names PORT. */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { profileOfFile, readSettings, type Setting } from './application-settings.js';
import { frameworkOf } from './framework.js';
import { lineOf } from './gradle/files.js';
import { readText, type Tree } from './tree.js';

export interface Port {
	readonly port: string;
	readonly env: Readonly<Record<string, string>>;
	readonly reason: Reason;
}

export type Framework = 'spring' | 'quarkus' | 'micronaut' | 'helidon';

/**
 * The frameworks fill in `${PORT:8080}` themselves, where it stands in a variable, too: the image listens to PORT without a shell, and
 * the framework's variable and flags still win.
 */
const FRAMEWORKS: Readonly<Record<Framework, { readonly variable: string; readonly key: string; readonly title: string }>> = {
	spring: { variable: 'SERVER_PORT', key: 'server.port', title: 'Spring Boot' },
	quarkus: { variable: 'QUARKUS_HTTP_PORT', key: 'quarkus.http.port', title: 'Quarkus' },
	micronaut: { variable: 'MICRONAUT_SERVER_PORT', key: 'micronaut.server.port', title: 'Micronaut' },
	helidon: { variable: 'SERVER_PORT', key: 'server.port', title: 'Helidon' },
};
const DEFAULT = '8080';
const SETTINGS = /(?:^|\/)src\/main\/resources\/(?:config\/|META-INF\/)?(?:application(?:-[\w-]+)?|bootstrap|microprofile-config)\.(?:properties|ya?ml)$/;
const CODE = /\.(?:java|kt|kts|groovy|scala|clj)$/;

export function findPort(source: FileIndex, folder: string, framework: Framework | undefined): Port | undefined {
	const inside = source.files.filter(
		({ path, size }) => path.startsWith(folder === '' ? '' : `${folder}/`) && size < 1 << 20 && !/(?:^|\/)src\/test\//.test(path),
	);
	if (framework !== undefined)
		return ofFramework(
			source,
			framework,
			inside.map(({ path }) => path).filter((path) => SETTINGS.test(path)),
		);
	for (const { path } of inside) {
		if (!CODE.test(path)) continue;
		const text = source.text(path) ?? '';
		const at = text.search(/"PORT"/);
		if (at >= 0) return { port: DEFAULT, env: { PORT: DEFAULT }, reason: { file: path, line: lineOf(text, at), says: 'the app reads PORT' } };
	}
	return undefined;
}

/** Of what is built already. */
export function portOf(tree: Tree): Port | undefined {
	const framework = frameworkOf(tree.names.map((name) => name.slice(name.lastIndexOf('/') + 1)));
	const settings = tree.names.filter((name) => /(?:^|classes\/)(?:config\/)?application(?:-[\w-]+)?\.(?:properties|ya?ml)$/.test(name));
	return framework === undefined ? undefined : ofFramework({ text: (name) => readText(tree, name) }, framework, settings);
}

function ofFramework(source: Pick<FileIndex, 'text'>, framework: Framework, files: readonly string[]): Port {
	const { variable, key, title } = FRAMEWORKS[framework];
	const found = portSetting(source, framework, files);
	if (found === undefined)
		return {
			port: DEFAULT,
			env: framework === 'helidon' ? {} : { [variable]: `\${PORT:${DEFAULT}}` },
			reason: { says: `${title} listens on ${DEFAULT}, or on PORT` },
		};
	const { file, line, value } = found;
	if (value === undefined) return { port: DEFAULT, env: {}, reason: { file, says: `${file} speaks of ${key} in a way that Tare cannot read: nothing is set` } };
	return configured(value, { file, ...(line !== undefined && { line }), says: `the app listens on ${value}` }, framework);
}

interface Found {
	readonly file: string;
	readonly line?: number;
	/** Undefined where the file cannot be read and names the port. */
	readonly value?: string;
}

/** The setting that counts in production: of an active profile, else of none; a later one wins. */
function portSetting(source: Pick<FileIndex, 'text'>, framework: Framework, files: readonly string[]): Found | undefined {
	const { key: wanted } = FRAMEWORKS[framework];
	const all: (Setting & { readonly file: string })[] = [];
	for (const file of inOrder(files, framework)) {
		const text = source.text(file) ?? '';
		const settings = readSettings(text, file);
		if (settings === undefined && /\bport\b/.test(text)) return { file };
		const profile = profileOfFile(file);
		for (const setting of settings ?? []) all.push({ ...setting, file, ...(profile !== undefined && { profile }) });
	}
	const active = activeProfiles(all, framework);
	const ports = all.filter(({ key }) => relaxed(key) === wanted);
	const winner = active.map((name) => ports.findLast(({ profile }) => profile === name)).find((port) => port !== undefined);
	return winner ?? ports.findLast(({ profile }) => profile === undefined);
}

/**
 * The file that wins comes last. Spring: config/ above the root, properties above YAML
 * (https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.files). Quarkus: YAML above properties
 * (https://quarkus.io/guides/config-yaml).
 */
function inOrder(files: readonly string[], framework: Framework): readonly string[] {
	const rank = (file: string): number => {
		const isYaml = /\.ya?ml$/.test(file);
		return Number(!/(?:^|\/)bootstrap\./.test(file)) * 4 + Number(/(?:^|\/)config\/[^/]+$/.test(file)) * 2 + Number(isYaml === (framework === 'quarkus'));
	};
	return [...files].sort((a, b) => rank(a) - rank(b));
}

/** The last named comes first: it overrides the others. Quarkus runs what is packaged in its profile prod. */
function activeProfiles(settings: readonly Setting[], framework: Framework): readonly string[] {
	if (framework === 'quarkus') return ['prod'];
	const named = settings.findLast(({ key, profile }) => key === 'spring.profiles.active' && profile === undefined)?.value ?? '';
	return named
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '')
		.reverse();
}

/** Spring binds `server.Port` as well: https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.typesafe-configuration-properties.relaxed-binding */
function relaxed(key: string): string {
	return key.toLowerCase().replaceAll('_', '-');
}

/** A port of the project's own stays the default. */
function configured(value: string, reason: Reason, framework: Framework): Port {
	const { variable } = FRAMEWORKS[framework];
	const named = /^\$\{([A-Za-z_.]+)(?::(\d+))?\}$/.exec(value);
	if (named !== null) {
		const port = named[2] ?? DEFAULT;
		return { port, env: named[1] === 'PORT' ? { PORT: port } : {}, reason };
	}
	if (!/^\d+$/.test(value) || value === '0' || framework === 'helidon') return { port: /^[1-9]\d*$/.test(value) ? value : DEFAULT, env: {}, reason };
	return { port: value, env: { [variable]: `\${PORT:${value}}` }, reason };
}

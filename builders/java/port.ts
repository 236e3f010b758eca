/** Which port the app listens on, and how it is told another: by PORT itself, or by the framework's own variable that names PORT. */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { frameworkOf } from './framework.js';
import { lineOf } from './gradle-files.js';
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
const FRAMEWORKS: Readonly<Record<Framework, { readonly variable: string; readonly setting: RegExp; readonly title: string }>> = {
	spring: { variable: 'SERVER_PORT', setting: /^\s*server\.port\s*[=:]\s*(\S+)|^server:\s*\n(?:[ \t]+.*\n|\s*\n)*?[ \t]+port:\s*(\S+)/m, title: 'Spring Boot' },
	quarkus: { variable: 'QUARKUS_HTTP_PORT', setting: /^\s*quarkus\.http\.port\s*=\s*(\S+)/m, title: 'Quarkus' },
	micronaut: {
		variable: 'MICRONAUT_SERVER_PORT',
		setting: /^\s*micronaut\.server\.port\s*[=:]\s*(\S+)|^micronaut:\s*\n(?:[ \t]+.*\n)*?[ \t]+server:\s*\n(?:[ \t]+.*\n)*?[ \t]+port:\s*(\S+)/m,
		title: 'Micronaut',
	},
	helidon: { variable: 'SERVER_PORT', setting: /^server\.port\s*=\s*(\S+)|^server:\s*\n(?:[ \t]+.*\n)*?[ \t]+port:\s*(\S+)/m, title: 'Helidon' },
};
const DEFAULT = '8080';
const SETTINGS = /(?:^|\/)src\/main\/resources\/(?:config\/|META-INF\/)?(?:application|bootstrap|microprofile-config)\.(?:properties|ya?ml)$/;
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
	const settings = tree.names.filter((name) => /(?:^|classes\/)(?:config\/)?application\.(?:properties|ya?ml)$/.test(name));
	return framework === undefined ? undefined : ofFramework({ text: (name) => readText(tree, name) }, framework, settings);
}

function ofFramework(source: Pick<FileIndex, 'text'>, framework: Framework, files: readonly string[]): Port {
	const { variable, setting, title } = FRAMEWORKS[framework];
	for (const file of files) {
		const text = source.text(file) ?? '';
		const match = setting.exec(text);
		const value = (match?.[1] ?? match?.[2])?.replace(/^["']|["']$/g, '');
		if (value === undefined) continue;
		const line = lineOf(text, (match?.index ?? 0) + (match?.[0].length ?? 0));
		return configured(value, { file, line, says: `the app listens on ${value}` }, framework);
	}
	return {
		port: DEFAULT,
		env: framework === 'helidon' ? {} : { [variable]: `\${PORT:${DEFAULT}}` },
		reason: { says: `${title} listens on ${DEFAULT}, or on PORT` },
	};
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

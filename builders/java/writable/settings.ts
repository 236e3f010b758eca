/** Places in settings of frameworks, and in fields that frameworks fill from settings. */
import type { FoundPlace } from '../../../src/builder/writable/places.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { profileOfFile, readSettings, type Setting } from '../application-settings.js';
import { databaseFile } from './databases.js';

const SETTINGS = /(?:^|\/)(?:application|bootstrap)(?:-[\w-]+)?\.(?:properties|ya?ml)$|(?:^|\/)(?:persistence|hibernate)\.properties$/;
/** Profiles that an image may well be run with. */
const PRODUCTION = /^(?:default|prod(?:uction)?|docker|container|cloud|live)$/;

/** By key of the settings: a place, and what writes there. */
const KEYS: readonly (readonly [key: RegExp, kind: FoundPlace['kind'], what: string])[] = [
	[/^logging\.file\.name$|^logging\.file$/, 'file', 'Spring writes its log there'],
	[/^logging\.(?:file\.)?path$/, 'folder', 'Spring writes its log there'],
	[/^quarkus\.log\.file\.path$/, 'file', 'Quarkus writes its log there'],
	[/^server\.tomcat\.basedir$/, 'folder', 'Tomcat keeps its files there'],
	[/^server\.(?:undertow|jetty|tomcat)\.accesslog\.(?:dir|directory)$/, 'folder', 'the server writes its access log there'],
	[
		/^spring\.servlet\.multipart\.location$|^micronaut\.server\.multipart\.location$|^quarkus\.http\.body\.uploads-directory$/,
		'folder',
		'uploads are kept there',
	],
	[/(?:^|[.-])(?:uploads?|storage|media|attachments?)[.-]?(?:dir|directory|path|location|folder|root)$/i, 'folder', 'the app keeps files there'],
	[/(?:^|[.-])(?:data|files?)[.-]?(?:dir|directory|folder)$/i, 'folder', 'the app keeps files there'],
	[/^spring\.artemis\.embedded\.data-directory$|^spring\.activemq\.broker\.data-directory$/, 'folder', 'the broker keeps its messages there'],
];

export function isSettingsFile(path: string): boolean {
	return SETTINGS.test(path);
}

interface At {
	readonly file: string;
	readonly line: number;
}

export function settingsPlaces(file: string, source: FileIndex): readonly FoundPlace[] {
	const settings = readSettings(source.text(file) ?? '', file) ?? [];
	const ofFile = profileOfFile(file);
	return settings.flatMap((setting) => {
		if (!PRODUCTION.test(setting.profile ?? ofFile ?? 'default')) return [];
		const at = { file, line: setting.line };
		const value = defaultOf(setting);
		if (value === undefined) return [];
		if (value.startsWith('jdbc:')) return databaseAt(value, at);
		return keyPlace(setting.key, value, at);
	});
}

/** What stands where no variable is set: `${DATA_DIR:./data}`; undefined where that is nothing. */
function defaultOf({ value }: Setting): string | undefined {
	const filled = withDefaults(value);
	return filled.includes('${') || filled.trim() === '' ? undefined : filled.trim();
}

/** From the inside out. */
export function withDefaults(value: string): string {
	let filled = value;
	for (let left = 5; left > 0 && filled.includes('${'); left--) filled = filled.replace(/\$\{[^{}:]+:([^{}]*)\}/g, '$1');
	return filled;
}

export function databaseAt(url: string, at: { readonly file: string; readonly line: number }): readonly FoundPlace[] {
	const found = databaseFile(withDefaults(url));
	return found === undefined ? [] : [{ ...found, reason: { ...at, says: `${at.file} keeps a database in ${found.path}` } }];
}

function keyPlace(name: string, value: string, at: At): readonly FoundPlace[] {
	const key = KEYS.find(([pattern]) => pattern.test(name));
	if (key === undefined || /^(?:classpath|https?|s3|gs):|[*\s]/.test(value) || !/\w/.test(value)) return [];
	return [{ path: value.replace(/^file:(?:\/\/)?/, ''), kind: key[1], reason: { ...at, says: `${name} is ${value}: ${key[2]}` } }];
}

/** `@Value("${upload.dir:./uploads}") String dir` */
const VALUE = /@(?:Value|ConfigProperty|Property)\s*\(\s*(?:name\s*=\s*)?"\\?\$\{([\w.-]+):([^}"\n]+)\}"/g;
/** https://quarkus.io/guides/config-reference: `@ConfigProperty(name = "upload.dir", defaultValue = "./uploads")` */
const NAMED = /@ConfigProperty\s*\(\s*name\s*=\s*"([\w.-]+)"\s*,\s*defaultValue\s*=\s*"([^"\n]+)"/g;
/** Fields of a class of settings are keys below its prefix. */
const CLASS = /@ConfigurationProperties\s*\(\s*(?:(?:prefix|value)\s*=\s*)?"([\w.-]+)"/;
const FIELD = /\b(?:String|Path|var|val)\s+(\w+)\s*(?::\s*\w+\s*)?=\s*(?:Paths?\.(?:get|of)\(\s*)?"([^"\n]+)"/g;

export function fieldPlaces(file: string, text: string): readonly FoundPlace[] {
	const at = (index: number): At => ({ file, line: text.slice(0, index).split('\n').length });
	const values = [...text.matchAll(VALUE), ...text.matchAll(NAMED)].flatMap((match) => keyPlace(match[1] ?? '', match[2] ?? '', at(match.index)));
	const prefix = CLASS.exec(text)?.[1];
	if (prefix === undefined) return values;
	const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
	return [...values, ...[...text.matchAll(FIELD)].flatMap((match) => keyPlace(`${prefix}.${kebab(match[1] ?? '')}`, match[2] ?? '', at(match.index)))];
}

/** What is loaded by name: Django's settings module, the apps and middleware that settings list, the app of a gunicorn configuration. */
import { statements } from '../python-source.js';

export interface NamedModule {
	readonly name: string;
	readonly line: number;
	/** A class or function is named: only its modules are. */
	readonly loose: boolean;
}

const SETTINGS = /\bDJANGO_SETTINGS_MODULE['"]\s*(?:,|\]\s*=)\s*['"]([\w.]+)['"]/g;
const LIST = /^(?:[A-Z_]*APPS|MIDDLEWARE)\s*(?::[^=]*)?\+?=/;
const CONF = /^(?:ROOT_URLCONF)\s*=\s*['"]([\w.]+)['"]/;
/** Settings that a variable replaces where the app is served. */
const FOR_DEVELOPERS = /(?:^|[._])(?:dev|develop|development|local|test|tests|testing)$/;

const WSGI_APP = /^wsgi_app\s*=\s*['"]([\w.]+)(?::|['"])/m;

/** The app that a configuration file of gunicorn names. */
export function wsgiApp(text: string): string | undefined {
	return WSGI_APP.exec(text)?.[1];
}

/** @returns `sure` is false for settings that are named for developers */
export function settingsModules(text: string): readonly { readonly name: string; readonly sure: boolean }[] {
	return [...text.matchAll(SETTINGS)].map((match) => ({ name: match[1] as string, sure: !FOR_DEVELOPERS.test(match[1] as string) }));
}

/** Of the top level alone: what stands in a block depends on something. */
export function namedBySettings(text: string): readonly NamedModule[] {
	if (!/\b(?:INSTALLED_APPS|MIDDLEWARE|ROOT_URLCONF)\b/.test(text)) return [];
	return statements(text)
		.filter(({ indent }) => indent === 0)
		.flatMap(({ text: one, line }): readonly NamedModule[] => {
			const conf = CONF.exec(one)?.[1];
			if (conf !== undefined) return [{ name: conf, line, loose: false }];
			// A condition within the list: what it chooses is not known.
			if (!LIST.test(one) || /\bif\b|\bfor\b/.test(one)) return [];
			return [...one.matchAll(/(?<=[[(,=]\s*)['"]([A-Za-z_][\w.]*)['"](?=\s*[,\])]|\s*$)/g)].map((match) => ({ name: match[1] as string, line, loose: true }));
		});
}

/** Modules of an app that Django imports by itself. */
export const APP_MODULES: readonly string[] = ['apps', 'models', 'admin'];

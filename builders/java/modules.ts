/** Which modules of the JDK a linked runtime gets: those that have what the application speaks of, and what frameworks look for by name. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../../src/errors.js';
import { openZip } from './zip.js';

export interface JdkModules {
	readonly names: ReadonlySet<string>;
	/** Module by package, `java/sql`. */
	readonly byPackage: ReadonlyMap<string, string>;
}

/** @param folder with `NAME.jmod` (zips after four bytes: JEP 261) */
export function readModules(folder: string): JdkModules {
	const byPackage = new Map<string, string>();
	const files = readdirSync(folder).filter((name) => name.endsWith('.jmod'));
	for (const file of files) {
		for (const { name } of openZip(join(folder, file), file).members) {
			const found = /^classes\/(.+)\/[^/]+\.class$/.exec(name)?.[1];
			if (found !== undefined && !found.startsWith('META-INF')) byPackage.set(found, file.slice(0, -'.jmod'.length));
		}
	}
	return { names: new Set(files.map((file) => file.slice(0, -'.jmod'.length))), byPackage };
}

/** Providers that the JDK itself looks for: of cryptography, of names, of file systems in zips. */
const PROVIDERS = ['jdk.crypto.ec', 'jdk.naming.dns', 'jdk.zipfs'];
/** With libraries, much is found by name only: the whole of Java SE but its desktop, which is a third of it, and what agents and metrics ask for. */
const FRAMEWORKS = [
	...['java.compiler', 'java.instrument', 'java.logging', 'java.management', 'java.management.rmi', 'java.naming', 'java.net.http', 'java.prefs', 'java.rmi'],
	...['java.scripting', 'java.security.jgss', 'java.security.sasl', 'java.sql', 'java.sql.rowset', 'java.transaction.xa', 'java.xml', 'java.xml.crypto'],
	...['jdk.management', 'jdk.management.agent', 'jdk.net', 'jdk.security.auth', 'jdk.security.jgss', 'jdk.unsupported'],
];

/** @param own what the application's own classes speak of @param libraries what its libraries do; undefined without any */
export function modulesFor(jdk: JdkModules, own: Iterable<string>, libraries: Iterable<string> | undefined): readonly string[] {
	const found = new Set(['java.base', ...PROVIDERS, ...(libraries === undefined ? [] : FRAMEWORKS)]);
	const classes = new Set(own);
	for (const name of [...classes, ...(libraries ?? [])]) {
		const module = jdk.byPackage.get(name.slice(0, name.lastIndexOf('/')));
		if (module !== undefined) found.add(module);
	}
	// Formats and names of other languages than English.
	if (classes.has('java/util/Locale')) found.add('jdk.localedata');
	return [...found].filter((name) => jdk.names.has(name)).sort();
}

/** @throws TareError CONFIG_INVALID */
export function checkModules(asked: readonly string[], { names }: JdkModules): readonly string[] {
	const unknown = asked.find((name) => !names.has(name));
	if (unknown === undefined) return [...new Set(['java.base', ...asked])].sort();
	const near = [...names].filter((name) => name.includes(unknown.replace(/^.*\./, '')));
	throw new TareError('CONFIG_INVALID', `java.jlink names the module ${unknown}, which this JDK does not have`, {
		hint: near.length > 0 ? `Did you mean ${near.sort().join(', ')}?` : `It has ${[...names].sort().join(', ')}.`,
	});
}

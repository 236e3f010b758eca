/** The class to start: named by the project or by a manifest, else the only one that can be started. */
import { TareError } from '../../src/errors.js';
import { type ClassFacts, readClass } from './class-file.js';
import type { JarFile } from './zip.js';

export interface MainClass {
	readonly name: string;
	/** Feature release that the newest of the application's own classes needs; 0 when it has none. */
	readonly java: number;
	/** A class of the application has the constant "PORT". */
	readonly namesPort: boolean;
}

/** @param file of the application, for messages @throws TareError NO_START | AMBIGUOUS */
export function findMain(files: readonly JarFile[], named: string | undefined, file: string): MainClass {
	const classes = files.map(({ bytes }) => readClass(bytes)).filter((facts) => facts !== undefined);
	const common = { java: Math.max(0, ...classes.map(({ java }) => java)), namesPort: classes.some(({ namesPort }) => namesPort) };
	if (named !== undefined) return { name: named, ...common };
	const startable = classes.filter(({ hasMain }) => hasMain);
	const marked = startable.filter(({ springBoot }) => springBoot);
	const [only, ...others] = marked.length > 0 ? marked : startable;
	if (only === undefined) throw noMain(file);
	if (others.length > 0) throw severalMains([only, ...others], file);
	return { name: only.name, ...common };
}

function noMain(file: string): TareError {
	return new TareError('NO_START', `no class of ${file} can be started: none has a main method`, {
		hint: 'Add `public static void main(String[] args)` to a class. If the app is one of several modules, name its folder: --main DIR.',
		at: { file },
	});
}

function severalMains(classes: readonly ClassFacts[], file: string): TareError {
	const names = classes.map(({ name }) => name).sort();
	return new TareError('AMBIGUOUS', `more than one class of ${file} can be started: ${names.join(', ')}`, {
		hint: `Name one: --start "java ${names[0]}", or <mainClass> of maven-jar-plugin, or a Procfile with "web: java ${names[0]}".`,
		data: { candidates: names },
	});
}

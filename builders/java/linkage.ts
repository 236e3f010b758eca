/**
 * Classes that the app's own code needs when it starts and that are nowhere: what `main` reaches through the project's own classes must be
 * on the class path or in the JDK. What a library may need is not asked: most name classes that are there by choice.
 */
import type { Application } from './application.js';
import { type ClassCode, type Method, readCode, type Use } from './class-code.js';
import { bytesOf } from './references.js';
import { openZip, openZipBytes, type Zip } from './zip.js';

export interface MissingClass {
	/** With slashes. */
	readonly name: string;
	/** The class of the project that needs it. */
	readonly by: string;
	/** A `try` around it catches every error: it may be meant to be missing. */
	readonly caught: boolean;
}

/** Packages of the JDK; what else begins with `javax` is of libraries. */
const JDK =
	/^(?:java|jdk|sun|com\/sun|netscape\/javascript|org\/(?:w3c\/dom|xml\/sax|ietf\/jgss)|javax\/(?:accessibility|annotation\/processing|crypto|imageio|lang\/model|management|naming|net|print|rmi|script|security|smartcardio|sound|sql|swing|tools|transaction\/xa|xml\/(?:catalog|crypto|datatype|namespace|parsers|stream|transform|validation|xpath)|xml\/XMLConstants))(?:\/|$)/;

const MAIN = 'main([Ljava/lang/String;)V';

/** @param isOwn whether the project's own sources made a class, by the name of its file @returns undefined where the class to start is not read */
export function missingClasses(app: Application, isOwn: (file: string) => boolean): readonly MissingClass[] {
	const classes = openClasses(app);
	return new Walk(classes, isOwn).from(app.main.name.replaceAll('.', '/'));
}

interface Classes {
	has(name: string): boolean;
	/** Bytes of a class, where it is in a jar of the project. */
	read(name: string): Buffer | undefined;
}

function openClasses({ own, libraries }: Application): Classes {
	const jars = own.flatMap((entry) => (entry.type === 'file' && entry.path.endsWith('.jar') ? [zipOf(entry)] : []));
	const loose = new Map(
		own.flatMap((entry) =>
			entry.type === 'file' && entry.path.endsWith('.class') ? [[entry.path.replace(/^app\/(?:WEB-INF\/classes\/)?/, ''), entry] as const] : [],
		),
	);
	const modules = libraries.filter(({ kind }) => kind === 'module').map(zipOf);
	const others = libraries.filter(({ kind }) => kind !== 'module').map(zipOf);
	const names = new Set([...jars, ...modules, ...others].flatMap((zip) => zip.members.map(({ name }) => name.replace(/^META-INF\/versions\/\d+\//, ''))));
	return {
		has: (name) => names.has(`${name}.class`) || loose.has(`${name}.class`),
		read: (name) => {
			const entry = loose.get(`${name}.class`);
			if (entry !== undefined) return bytesOf(entry);
			for (const zip of [...jars, ...modules]) {
				const member = zip.get(`${name}.class`);
				if (member !== undefined) return zip.read(member);
			}
			return undefined;
		},
	};
}

function zipOf(file: Pick<Application['libraries'][number], 'size' | 'content'>): Zip {
	const { content } = file;
	return content.kind === 'disk' && content.offset === undefined ? openZip(content.path) : openZipBytes(bytesOf(file), 'a library');
}

class Walk {
	readonly #classes: Classes;
	readonly #isOwn: (file: string) => boolean;
	readonly #code = new Map<string, ClassCode | undefined>();
	readonly #seen = new Set<string>();
	readonly #todo: (() => void)[] = [];
	readonly #missing = new Map<string, MissingClass>();
	/** What `Class.forName` may be asked for, or what is tried out. */
	readonly #named = new Set<string>();

	constructor(classes: Classes, isOwn: (file: string) => boolean) {
		this.#classes = classes;
		this.#isOwn = isOwn;
	}

	from(main: string): readonly MissingClass[] {
		this.#need(main, main, false);
		if (this.#read(main)?.methods.some(({ id, isStatic }) => id === MAIN && isStatic) === false) this.#whole(main, true);
		this.#static(main, MAIN);
		for (let next = this.#todo.pop(); next !== undefined; next = this.#todo.pop()) next();
		return [...this.#missing.values()]
			.filter(({ name }) => !this.#isOptional(name))
			.sort((a, b) => Number(b.name === b.by) - Number(a.name === a.by) || Number(a.caught) - Number(b.caught) || (a.name < b.name ? -1 : 1));
	}

	/** The project asks by name whether a class of the same library is there. */
	#isOptional(name: string): boolean {
		const start = packageStart(name);
		return [...this.#named].some((text) => packageStart(text) === start && !this.#classes.has(text));
	}

	/** @param statics of a class that others find by reflection: all of its methods may run */
	#whole(name: string, statics: boolean): void {
		const code = this.#once(`${statics ? 'all' : 'instance'} ${name}`) ? this.#read(name) : undefined;
		if (code === undefined) return;
		for (const one of code.supers) {
			this.#need(one, name, false);
			this.#later(() => this.#whole(one, false));
		}
		for (const method of code.methods) if (statics || !method.isStatic || method.id.startsWith('<clinit>')) this.#run(code, method);
	}

	/** A static method, or what a class does when it is first used. */
	#static(name: string, member: string): void {
		const code = this.#once(`${member} ${name}`) ? this.#read(name) : undefined;
		if (code === undefined) return;
		const found = code.methods.find(({ id, isStatic }) => isStatic && id === member);
		const begin = code.methods.find(({ id }) => id.startsWith('<clinit>'));
		for (const method of [found, begin]) if (method !== undefined) this.#run(code, method);
		for (const one of code.supers) {
			this.#need(one, name, false);
			if (found === undefined) this.#later(() => this.#static(one, member));
		}
	}

	#run({ name, named }: ClassCode, { id, uses }: Method): void {
		if (!this.#once(`run ${name} ${id}`)) return;
		for (const text of named) this.#named.add(text);
		for (const use of uses) {
			if (use.guard === 'missing') this.#named.add(use.owner);
			else this.#use(use, name);
		}
	}

	#use({ owner, kind, member = '', guard }: Use, by: string): void {
		this.#need(owner, by, guard === 'any');
		if (kind === 'static') this.#later(() => this.#static(owner, member));
		else if (kind !== 'test') this.#later(() => this.#whole(owner, kind === 'literal'));
	}

	#need(name: string, by: string, caught: boolean): void {
		if (JDK.test(name) || this.#classes.has(name)) return;
		const known = this.#missing.get(name);
		if (known === undefined || (known.caught && !caught)) this.#missing.set(name, { name, by, caught });
	}

	#read(name: string): ClassCode | undefined {
		if (!this.#code.has(name)) {
			const bytes = this.#isOwn(`${name}.class`) ? this.#classes.read(name) : undefined;
			this.#code.set(name, bytes === undefined ? undefined : readCode(bytes));
		}
		return this.#code.get(name);
	}

	#once(key: string): boolean {
		if (this.#seen.has(key)) return false;
		this.#seen.add(key);
		return true;
	}

	#later(step: () => void): void {
		this.#todo.push(step);
	}
}

/** Libraries share the first parts of their packages' names. */
function packageStart(name: string): string {
	const parts = name.split('/').slice(0, -1);
	return parts.slice(0, 3).join('/');
}

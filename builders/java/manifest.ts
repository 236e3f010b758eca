/** META-INF/MANIFEST.MF (https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest). */

/** Attributes of the main section, in their order; names as written. */
export type Manifest = ReadonlyMap<string, string>;

export function parseManifest(text: string): Manifest {
	const [main = ''] = text.replace(/\r\n?/g, '\n').replace(/\n /g, '').split('\n\n', 1);
	return new Map(
		main.split('\n').flatMap((line): [string, string][] => {
			const colon = line.indexOf(':');
			return colon < 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
		}),
	);
}

/** Says who built the jar, with which tools and when: nothing that a program should depend on. */
const TRACE =
	/^(?:created-by|build-jdk(?:-spec)?|built-by|build-(?:time|date|timestamp|host|os|number)|builddate|bnd-lastmodified|tool|ant-version|archiver-version)$/i;
/** Where the parts lie in the jar that was taken apart. */
const SPRING_PLACE = /^spring-boot-(?:classes|lib|classpath-index|layers-index)$|^start-class$/i;

/** The manifest's text without traces of the build, other sections kept. */
export function settledManifest(text: string): string {
	return rewritten(text, (name) => !TRACE.test(name), {});
}

/** The manifest of an application that was taken out of its Spring Boot jar. */
export function thinManifest(text: string, mainClass: string): string {
	return rewritten(text, (name) => !TRACE.test(name) && !SPRING_PLACE.test(name) && !/^main-class$/i.test(name), { 'Main-Class': mainClass });
}

function rewritten(text: string, keeps: (name: string) => boolean, added: Readonly<Record<string, string>>): string {
	const [, ...sections] = text.replace(/\r\n?/g, '\n').split('\n\n');
	const main = [...parseManifest(text)].filter(([name]) => keeps(name));
	const version = main.some(([name]) => /^manifest-version$/i.test(name)) ? [] : [['Manifest-Version', '1.0']];
	const lines = [...version, ...main, ...Object.entries(added)].map(([name, value]) => wrapped(`${name}: ${value}`));
	const rest = sections.filter((section) => section.trim() !== '').map((section) => `\n${section.trim()}\n`);
	return `${lines.join('\n')}\n${rest.join('')}\n`;
}

/** A line has at most 72 bytes; a next one begins with a space. */
function wrapped(line: string): string {
	const parts: string[] = [];
	let [part, limit] = ['', 70];
	for (const character of line) {
		if (Buffer.byteLength(part + character) > limit) {
			parts.push(part);
			[part, limit] = ['', 69];
		}
		part += character;
	}
	return [...parts, part].join('\n ');
}

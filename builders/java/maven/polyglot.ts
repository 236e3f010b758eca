/** Poms in other languages than XML (https://github.com/takari/polyglot-maven): YAML is read as the same elements, Groovy as far as it only says what XML would. Of the others Tare knows the names. */

import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from '../../../src/source/yaml.js';
import { withoutComments } from '../gradle/files.js';
import { parseStatements, type Statement } from '../gradle/statements.js';
import { type Element, parseXml } from '../xml.js';

/** In the order in which one is taken. */
export const POMS = ['pom.xml', 'pom.yml', 'pom.yaml', 'pom.groovy'];

/** @throws TareError MANIFEST_INVALID */
export function parsePom(text: string, file: string): Element {
	if (/\.ya?ml$/.test(file)) return yamlPom(text, file);
	return file.endsWith('.groovy') ? groovyPom(text, file) : parseXml(text, file);
}

const OTHERS: Readonly<Record<string, string>> = {
	'pom.rb': 'Ruby',
	Mavenfile: 'Ruby',
	'pom.scala': 'Scala',
	'pom.kts': 'Kotlin',
	'pom.clj': 'Clojure',
	'pom.json': 'JSON',
	'pom.atom': 'Atom',
	'pom.hocon': 'HOCON',
	'pom.java': 'Java',
	'pom.xsl': 'XSLT',
};
const EXTENSIONS = '.mvn/extensions.xml';

/** Maven reads other poms than XML by an extension of the project. */
export function isPolyglot(source: FileIndex): boolean {
	return /polyglot/.test(source.text(EXTENSIONS) ?? '');
}

/** @throws TareError MANIFEST_INVALID for a pom that only Maven's extension can read */
export function refuseOtherPoms(source: FileIndex): void {
	const file = source.first(...Object.keys(OTHERS));
	if (file === undefined || !isPolyglot(source)) return;
	throw unread(file, `a pom in ${OTHERS[file]}`, 1);
}

function unread(file: string, what: string, line: number): TareError {
	return new TareError('MANIFEST_INVALID', `${file} has ${what}, and Tare reads poms in XML, YAML and plain Groovy`, {
		hint: `Write it as XML once and commit that: mvn io.takari.polyglot:polyglot-translate-plugin:translate -Dinput=${file} -Doutput=pom.xml. Or build the jar with Maven and name it: tare build target --builder java.`,
		at: { file, line },
	});
}

/** Lists in poms are named for what is in them. */
const SINGULAR: Readonly<Record<string, string>> = { dependencies: 'dependency', repositories: 'repository', pluginRepositories: 'pluginRepository' };
const DEEPEST = 100;
/** Aliases repeat what they stand for. */
const MOST = 100_000;

/** @throws TareError MANIFEST_INVALID */
function yamlPom(text: string, file: string): Element {
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines });
	const [error] = document.errors;
	if (error !== undefined) throw invalid(file, error.message.split('\n')[0] ?? '', error.linePos?.[0].line ?? 1);
	if (!isMap(document.contents)) throw invalid(file, 'it is no mapping', 1);
	const lineOf = (node: Node | null | undefined): number => (node?.range == null ? 1 : lines.linePos(node.range[0]).line);
	let count = 0;
	const toElement = (name: string, written: Node | null, depth: number): Element => {
		const node = isAlias(written) ? (written.resolve(document) ?? null) : written;
		if (depth > DEEPEST || ++count > MOST) throw invalid(file, `it has more than ${MOST} elements, or some nested more than ${DEEPEST} deep`, lineOf(written));
		const common = { name, line: lineOf(written), attributes: {} };
		const inside = (of: string, child: unknown): Element => toElement(of, child as Node | null, depth + 1);
		if (isMap(node)) return { ...common, text: '', children: node.items.map(({ key, value }) => inside(isScalar(key) ? String(key.value) : '', value)) };
		if (isSeq(node)) return { ...common, text: '', children: node.items.map((item) => inside(SINGULAR[name] ?? name.replace(/s$/, ''), item)) };
		return { ...common, text: isScalar(node) ? String(node.source ?? node.value ?? '') : '', children: [] };
	};
	return toElement('project', document.contents, 0);
}

/** `artifactId 'app'`, `dependency { ... }`, `dependency('g:a:1')`, `goals 'run'`; a program in Groovy is Maven's alone. */
const SAYS = /^["']?([\w.$-]+)["']?\s*\(?\s*(?:=\s*)?(?:"([^"$]*)"|'([^']*)'|(true|false|[\d.]+))?\s*\)?$/;
const COORDINATES = ['groupId', 'artifactId', 'version'];

/** @throws TareError MANIFEST_INVALID for what only Groovy can tell */
function groovyPom(text: string, file: string): Element {
	const [project, ...others] = parseStatements(withoutComments(text), file);
	if (project?.head !== 'project' || project.body === undefined || others.length > 0) throw unread(file, 'more than one project', others[0]?.line ?? 1);
	return { ...groovyElement(project, file), name: 'project' };
}

function groovyElement({ head, body, line }: Statement, file: string): Element {
	const [, name = '', double, single, plain] = SAYS.exec(head) ?? [];
	if (name === '') throw unread(file, `the statement "${head.slice(0, 60)}"`, line);
	const text = double ?? single ?? plain ?? '';
	// What runs while Maven builds is no part of the model.
	const inside = (body ?? []).filter((one) => !one.head.startsWith('$')).map((one) => groovyElement(one, file));
	const listed = text !== '' && /^(?:modules|goals)$/.test(name) ? [leaf(name.slice(0, -1), text, line)] : [];
	const coordinates =
		/^(?:dependency|plugin|parent|extension)$/.test(name) && text.includes(':')
			? text.split(':').map((part, at) => leaf(COORDINATES[at] ?? 'scope', part, line))
			: [];
	const children = [...listed, ...coordinates, ...inside];
	return { name, text: children.length === 0 ? text : '', attributes: {}, children, line };
}

function leaf(name: string, text: string, line: number): Element {
	return { name, text, attributes: {}, children: [], line };
}

function invalid(file: string, why: string, line: number): TareError {
	return new TareError('MANIFEST_INVALID', `${file} is not a valid pom: ${why}`, { hint: 'Correct the file.', at: { file, line } });
}

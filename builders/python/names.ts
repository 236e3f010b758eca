/** Names of distributions, compared as the index compares them (PEP 503), and requirement lines read for their name (PEP 508). */

export interface Requirement {
	readonly name: string;
	readonly extras: readonly string[];
	/** The version of a `==` pin. */
	readonly pin?: string;
}

export function normalName(name: string): string {
	return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Undefined for options, paths and URLs without a name. */
export function parseRequirement(line: string): Requirement | undefined {
	const match = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/.exec(line.trim());
	const [, name = '', extras = '', rest = ''] = match ?? [];
	if (name === '' || !/^(?:$|[=<>!~;@(,])/.test(rest)) return undefined;
	const pin = /^\(?\s*===?\s*([^\s,;)]+)/.exec(rest)?.[1];
	const wanted = extras.split(',').map((extra) => normalName(extra.trim()));
	return { name: normalName(name), extras: wanted.filter((extra) => extra !== ''), ...(pin !== undefined && { pin }) };
}

/** Servers that a framework's extra or the framework itself brings along. */
const BRINGS: Readonly<Record<string, readonly string[]>> = {
	'fastapi[standard]': ['uvicorn', 'fastapi-cli'],
	'fastapi[all]': ['uvicorn', 'fastapi-cli'],
	'litestar[standard]': ['uvicorn'],
	'connexion[uvicorn]': ['uvicorn'],
	'channels[daphne]': ['daphne'],
	'python-fasthtml': ['uvicorn'],
	nicegui: ['uvicorn'],
	'google-adk': ['uvicorn'],
	gradio: ['uvicorn'],
	chainlit: ['uvicorn'],
	quart: ['hypercorn'],
};

/** The names of requirements and of what is known to come with them. */
export function namesOf(requirements: readonly Requirement[]): readonly string[] {
	const brought = requirements.flatMap(({ name, extras }) => [name, ...extras.map((extra) => `${name}[${extra}]`)].flatMap((key) => BRINGS[key] ?? []));
	return [...new Set([...requirements.map(({ name }) => name), ...brought])].sort();
}

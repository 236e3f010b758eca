/** Programs of packages that serve by themselves: how each is told where to listen, and where it listens when it is not. */

export interface ServingProgram {
	/** Words that begin the command. A second word may be optional: `datasette` means `datasette serve`. */
	readonly names: readonly string[];
	/** Options for the address, the one that is added first. Empty: it is part of the port's option. */
	readonly host: readonly string[];
	readonly port: readonly string[];
	/** `pair`: the port's option takes HOST:PORT. `positional`: the last word is [HOST:]PORT, without an option. */
	readonly form?: 'pair' | 'positional';
	/** It listens on loopback alone where it is not told. */
	readonly loopback: boolean;
	readonly fallback: string;
	/** Words that it needs in a container as well. */
	readonly also?: readonly string[];
	/** It reads options only before its other words. */
	readonly leading?: true;
	/** Options that mean another way to listen: a socket, a file of settings. */
	readonly other?: readonly string[];
}

const HOST = ['--host'];
const PORT = ['--port'];

function program(names: string, fallback: string, more: Partial<ServingProgram> = {}): ServingProgram {
	return { names: names.split('|'), host: HOST, port: PORT, loopback: true, fallback, ...more };
}

const SHORT: Partial<ServingProgram> = { host: ['--host', '-h'], port: ['--port', '-p'] };
const JUPYTER: Partial<ServingProgram> = { host: ['--ip', '--ServerApp.ip'], port: ['--port', '--ServerApp.port'], also: ['--no-browser'] };
const BOKEH: Partial<ServingProgram> = { host: ['--address'], loopback: false, also: ['--allow-websocket-origin=*'] };

/** The options are those of each program's own --help. */
const PROGRAMS: readonly ServingProgram[] = [
	program('uvicorn', '8000', { other: ['--uds', '--fd'] }),
	program('hypercorn', '8000', { host: [], port: ['--bind', '-b'], form: 'pair', other: ['--config', '-c'] }),
	program('daphne', '8000', { host: ['-b', '--bind'], port: ['-p', '--port'], other: ['-u', '--unix-socket', '-e', '--endpoint', '--fd'] }),
	program('waitress-serve', '8080', { loopback: false, leading: true, other: ['--listen', '--unix-socket'] }),
	program('granian', '8000', { other: ['--uds'] }),
	program('flask run', '5000', SHORT),
	program('superset run', '5000', SHORT),
	program('fastapi run', '8000', { loopback: false }),
	program('fastapi dev', '8000'),
	program('litestar run', '8000', { host: ['--host', '-H'], port: ['--port', '-p'], other: ['--uds', '-U', '--fd', '-F'] }),
	program('sanic', '8000', { host: ['--host', '-H'], port: ['--port', '-p'], other: ['--unix', '-u'] }),
	program('emmett serve', '8000', SHORT),
	program('manage.py runserver', '8000', { host: [], port: [], form: 'positional' }),
	program('http.server', '8000', { host: ['--bind', '-b'], port: [], form: 'positional', loopback: false }),
	program('aiohttp.web', '8080', { host: ['-H', '--hostname'], port: ['-P', '--port'], other: ['-U', '--path'] }),
	program('streamlit run', '8501', {
		host: ['--server.address'],
		port: ['--server.port'],
		loopback: false,
		also: ['--server.headless=true', '--browser.gatherUsageStats=false'],
	}),
	program('chainlit run', '8000', { port: ['--port', '-p'], also: ['--headless'] }),
	program('panel serve', '5006', BOKEH),
	program('bokeh serve', '5006', BOKEH),
	program('voila', '8866', { host: ['--Voila.ip'], port: ['--port', '--Voila.port'], also: ['--no-browser'] }),
	program('marimo run', '2718', { port: ['--port', '-p'], also: ['--headless'] }),
	program('marimo edit', '2718', { port: ['--port', '-p'], also: ['--headless'] }),
	program('shiny run', '8000', SHORT),
	program('solara run', '8765'),
	program('jupyter lab|jupyter notebook|jupyter server|jupyter-lab|jupyter-notebook|jupyter-server', '8888', JUPYTER),
	program('datasette serve|datasette', '8001', { ...SHORT, other: ['--uds'] }),
	program('sqlite_web', '8080', { host: ['--host', '-H'], port: ['--port', '-p'] }),
	program('mlflow server|mlflow ui|mlflow models serve', '5000', SHORT),
	program('tensorboard', '6006', { host: ['--host', '--bind_all'] }),
	program('mkdocs serve', '8000', { host: [], port: ['--dev-addr', '-a'], form: 'pair' }),
	program('sphinx-autobuild', '8000'),
	program('prefect server start', '4200'),
	program('dagster-webserver', '3000', SHORT),
	program('dagster dev', '3000', SHORT),
	program('airflow webserver|airflow api-server', '8080', { host: ['--hostname', '--host', '-H'], port: ['--port', '-p'], loopback: false }),
	program('luigid', '8082', { host: ['--address'], loopback: false }),
	program('locust', '8089', { host: ['--web-host'], port: ['--web-port', '-P'], loopback: false }),
	program('label-studio start|label-studio', '8080', { host: ['--internal-host'], port: ['--port', '-p'], loopback: false }),
	program('bentoml serve', '3000', { port: ['--port', '-p'], loopback: false }),
	program('functions-framework', '8080', { loopback: false }),
	program('vllm serve', '8000', { loopback: false }),
	program('litellm', '4000', { loopback: false }),
	program('chroma run', '8000'),
	program('langgraph dev', '2024'),
	program('adk web|adk api_server', '8000'),
	program('rasa run', '5005', { host: ['--interface', '-i'], port: ['--port', '-p'], loopback: false }),
	program('pypi-server run', '8080', { host: ['--interface', '-i', '--host', '-H'], port: ['--port', '-p'], loopback: false }),
	program('devpi-server', '3141'),
];

/** Programs that run the words after them. */
const WRAPPERS: readonly (readonly string[])[] = [
	['opentelemetry-instrument'],
	['ddtrace-run'],
	['newrelic-admin', 'run-program'],
	['scalene'],
	['honcho', 'run'],
];

export interface FoundProgram {
	readonly program: ServingProgram;
	/** As in the table: `flask run`. */
	readonly name: string;
	/** The place in the command after which its own words come. */
	readonly from: number;
}

/** Where the program itself stands: behind wrappers, and `python -m`. */
export function programAt(words: readonly string[]): number {
	const wrapper = WRAPPERS.find((one) => one.every((word, at) => words[at] === word));
	const rest = wrapper?.length ?? 0;
	if (wrapper !== undefined) return rest + programAt(words.slice(rest));
	if (words[0] !== 'python') return 0;
	const first = words.findIndex((word, at) => at > 0 && (!/^-[uBOEIsSqx]+$/.test(word) || word === '-m'));
	return first === -1 ? 0 : words[first] === '-m' ? first + 1 : first;
}

/** Options may stand between the parts of a name: `flask --app x run`. */
export function servingProgram(words: readonly string[]): FoundProgram | undefined {
	const start = programAt(words);
	const own = words.slice(start).map((word, at) => (at === 0 ? word.replace(/^.*\//, '') : word));
	for (const program of PROGRAMS) {
		for (const name of program.names) {
			const from = matched(own, name.split(' '));
			if (from !== undefined) return { program, name, from: start + from };
		}
	}
	return undefined;
}

function matched(words: readonly string[], parts: readonly string[]): number | undefined {
	if (words[0] !== parts[0]) return undefined;
	let at = 1;
	for (const part of parts.slice(1)) {
		const next = words.indexOf(part, at);
		// Another subcommand comes first: `flask db run`.
		if (next === -1 || !words.slice(at, next).every((word, index, all) => word.startsWith('-') || (all[index - 1] ?? '').startsWith('-'))) return undefined;
		at = next + 1;
	}
	return parts.length === 1 && HAS_COMMANDS.has(parts[0] as string) && OTHER_COMMANDS.test(words[1] ?? '') ? undefined : at;
}

/** Programs that serve when no other of their commands is named. */
const HAS_COMMANDS = new Set(['datasette', 'label-studio']);
const OTHER_COMMANDS = /^(?:inspect|publish|package|plugins|install|uninstall|create-token|init|version|shell|export|user|reset_password|--version|--help)$/;

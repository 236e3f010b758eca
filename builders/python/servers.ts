/** Which server runs a web application: one of the project's own, else one that is added, in words whose $PORT is filled in at start. */
import { type Dependencies, has } from './dependencies.js';
import type { Interface, WebApp } from './web-apps.js';

export interface Serving {
	readonly words: readonly string[];
	/** A server that the project does not depend on. */
	readonly adds?: keyof typeof ADDED;
}

/** Added where the dependencies are locked: one version, and what it needs. */
export const ADDED = {
	gunicorn: { gunicorn: '23.0.0', packaging: '25.0' },
	uvicorn: { uvicorn: '0.35.0', click: '8.2.1', h11: '0.16.0' },
} as const;

const LISTEN = '0.0.0.0';

export function serve(app: WebApp, dependencies: Dependencies): Serving {
	const target = `${app.module.name}:${app.object}`;
	return app.interface === 'asgi' ? asgi(target, app.factory, dependencies) : wsgi(app.factory ? `${target}()` : target, app, dependencies);
}

/** @param target `module:object`, with brackets after a factory */
export function wsgi(target: string, app: Pick<WebApp, 'module'> | undefined, dependencies: Dependencies): Serving {
	if (has(dependencies, 'gunicorn')) return { words: ['gunicorn', ...socketWorkers(app, dependencies), target] };
	if (has(dependencies, 'waitress')) return { words: ['waitress-serve', `--host=${LISTEN}`, '--port=$PORT', ...waitressTarget(target)] };
	if (has(dependencies, 'granian')) return granian('wsgi', target.replace(/\(\)$/, ''), target.endsWith('()'));
	if (has(dependencies, 'hypercorn')) return { words: ['hypercorn', '--bind', `${LISTEN}:$PORT`, target] };
	return { words: ['gunicorn', ...socketWorkers(app, dependencies), target], adds: 'gunicorn' };
}

function waitressTarget(target: string): readonly string[] {
	return target.endsWith('()') ? ['--call', target.slice(0, -2)] : [target];
}

export function asgi(target: string, factory: boolean, dependencies: Dependencies): Serving {
	const uvicorn = ['uvicorn', ...(factory ? ['--factory'] : []), target, '--host', LISTEN, '--port', '$PORT'];
	if (has(dependencies, 'uvicorn')) return { words: uvicorn };
	if (has(dependencies, 'granian')) return granian('asgi', target, factory);
	if (has(dependencies, 'hypercorn')) return { words: ['hypercorn', '--bind', `${LISTEN}:$PORT`, factory ? `${target}()` : target] };
	if (has(dependencies, 'daphne') && !factory) return { words: ['daphne', '-b', LISTEN, '-p', '$PORT', target] };
	return { words: uvicorn, adds: 'uvicorn' };
}

function granian(kind: Interface, target: string, factory: boolean): Serving {
	return { words: ['granian', '--interface', kind, ...(factory ? ['--factory'] : []), '--host', LISTEN, '--port', '$PORT', target] };
}

/** Flask-SocketIO keeps clients of one server in one process (https://flask-socketio.readthedocs.io/en/latest/deployment.html). */
function socketWorkers(app: Pick<WebApp, 'module'> | undefined, dependencies: Dependencies): readonly string[] {
	if (app === undefined || !has(dependencies, 'flask-socketio')) return [];
	if (has(dependencies, 'eventlet')) return ['--worker-class', 'eventlet', '--workers', '1'];
	if (has(dependencies, 'gevent-websocket')) return ['--worker-class', 'geventwebsocket.gunicorn.workers.GeventWebSocketWorker', '--workers', '1'];
	if (has(dependencies, 'gevent')) return ['--worker-class', 'gevent', '--workers', '1'];
	return ['--workers', '1', '--threads', '100'];
}

/** TanStack Start: without Nitro its build makes a handler of requests and no server. https://tanstack.com/start/latest/docs/framework/react/guide/hosting */
import { SERVER_ADAPTER } from '../adapters.js';
import { config, configured, type FrameworkOutput, type Project } from './output.js';

/** @returns undefined where the project brings a server of its own */
export function tanstackStart(project: Project): FrameworkOutput | undefined {
	const text = `${config(project, 'vite.config') ?? ''}\n${config(project, 'app.config') ?? ''}`;
	if (['nitro', 'nitropack', 'vinxi', '@tanstack/nitro-v2-vite-plugin'].some((name) => name in project.dependencies) || /\bnitro\b/i.test(text))
		return undefined;
	const dist = configured(project, 'vite.config', 'outDir') ?? 'dist';
	return {
		kind: 'server',
		command: `node ${SERVER_ADAPTER.program} --prod --static ../client ${dist}/server/server.js`,
		env: { HOST: '0.0.0.0' },
		adapter: 'server',
	};
}

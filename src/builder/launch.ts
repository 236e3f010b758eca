/** The container's configuration: the chosen process on the base's runtime, under its init, with what the user set on top. */
import type { Base } from '../bases/contract.js';
import { type BuildRequest, DEFAULT_USER } from '../config/request.js';
import type { AppContent, BuildPlan, ConfigPatch } from './contract.js';
import { programIndex } from './launcher/command.js';
import { volumesOf } from './writable/places.js';

/** Later patches win; variables, ports and labels are merged by name. */
export function launchConfig(plan: BuildPlan, content: AppContent, base: Base, request: BuildRequest): ConfigPatch {
	const command = content.command ?? plan.processes[0]?.command ?? [];
	const at = programIndex(command);
	const words = command.map((word, index) => (index === at && word === base.runtime?.name ? (base.runtime?.path ?? word) : word));
	const patch = { ...plan.config, ...content.config };
	const volumes = volumesOf(plan);
	return {
		...patch,
		...(words.length > 0 && { Entrypoint: base.init === undefined ? words : [base.init, '--', ...words] }),
		User: request.user ?? patch.User ?? DEFAULT_USER,
		env: { ...plan.config.env, ...content.config.env, ...request.env },
		ExposedPorts: { ...patch.ExposedPorts, ...Object.fromEntries(request.ports.map((port) => [port, {}])) },
		Labels: { ...patch.Labels, ...request.labels },
		...(volumes.length > 0 && { Volumes: { ...patch.Volumes, ...Object.fromEntries(volumes.map((path) => [path, {}])) } }),
	};
}

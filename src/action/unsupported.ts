/** Inputs of docker/build-push-action that have no counterpart: refused where leaving them out would build something else than was asked for. */
import { type Environment, invalidInput, text } from './inputs.js';

/** What to do in its place. */
const REFUSED: Readonly<Record<string, string>> = {
	file: 'Tare reads no Dockerfile: it finds out what the folder is. Leave the input out; what must be said goes in tare.yaml.',
	target: 'There are no stages. Leave it out; of several programs `main` chooses one.',
	'build-args': 'Variables for build steps go in `build-env`, those of the image in `env`.',
	'build-contexts': 'Tare builds one folder: check out or copy what belongs to it.',
	ssh: 'Fetch private dependencies with a token in `secrets`.',
	attests: 'Attest the digest afterwards, with actions/attest and the output `digest`.',
	sbom: 'Attest the digest afterwards, with actions/attest and the output `digest`.',
	provenance: 'Attest the digest afterwards, with actions/attest and the output `digest`.',
	call: 'Leave it out; `tare plan` prints what would be done.',
};

/** They change nothing of the image, or ask for what is so anyway. */
const IGNORED: Readonly<Record<string, string>> = {
	pull: 'the base is locked in tare.lock; `tare update` moves it',
	allow: 'build steps have the rights of the job',
	network: 'build steps have the network of the job',
	'add-hosts': 'build steps have the hosts of the job',
	'no-cache-filters': '`no-cache` makes everything anew',
	'shm-size': 'there is no build container',
	ulimit: 'there is no build container',
	'cgroup-parent': 'there is no build container',
};

/** @returns warnings @throws TareError USAGE */
export function checkUnsupported(env: Environment): readonly string[] {
	for (const [name, hint] of Object.entries(REFUSED)) if (isAsked(env, name)) throw invalidInput(name, 'Tare has no such input', hint);
	return Object.entries(IGNORED).flatMap(([name, why]) => (isAsked(env, name) ? [`input "${name}" is ignored: ${why}`] : []));
}

/** `provenance: false` asks for nothing. */
function isAsked(env: Environment, name: string): boolean {
	return !['', 'false'].includes(text(env, name).toLowerCase());
}

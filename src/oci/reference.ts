/** Image names: https://github.com/distribution/reference (grammar) and https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-manifests */
import { TareError } from '../errors.js';
import { type Digest, isDigest } from './digest.js';

export interface Reference {
	/** Host and optional port, e.g. `ghcr.io`, `localhost:5000`. */
	readonly registry: string;
	readonly repository: string;
	readonly tag?: string;
	readonly digest?: Digest;
}

const DEFAULT_REGISTRY = 'docker.io';
/** Docker's own alias is as old as its API. */
const HUB_NAMES = new Set([DEFAULT_REGISTRY, 'index.docker.io']);
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const NAME_LIMIT = 255;

/**
 * Parses `[registry/]repository[:tag][@digest]`. As in Docker, the first component is a registry only when it has a dot or a
 * colon or is `localhost`; a bare name on Docker Hub is `docker.io/library/NAME`.
 * @throws TareError REFERENCE_INVALID
 */
export function parseReference(text: string): Reference {
	const fail = (why: string, hint?: string): never => {
		throw new TareError('REFERENCE_INVALID', `"${text}" is not an image name: ${why}`, {
			hint: hint ?? 'Expected [REGISTRY/]REPOSITORY[:TAG][@sha256:...], for example ghcr.io/me/app:1.0.',
		});
	};
	const at = text.indexOf('@');
	const digest = at < 0 ? undefined : text.slice(at + 1);
	if (digest !== undefined && !isDigest(digest)) return fail(`"${digest}" is not a sha256 digest`);
	const named = at < 0 ? text : text.slice(0, at);
	const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
	const tag = colon < 0 ? undefined : named.slice(colon + 1);
	if (tag !== undefined && !TAG.test(tag)) return fail(`"${tag}" is not a tag`);
	const { registry, repository } = splitRegistry(colon < 0 ? named : named.slice(0, colon));
	if (!HOST.test(registry)) return fail(`"${registry}" is not a registry host`);
	if (Number(/:(\d+)$/.exec(registry)?.[1] ?? 1) > 65_535) return fail(`"${registry}" has no valid port`, 'Ports go up to 65535.');
	if (!REPOSITORY.test(repository)) {
		return fail(
			`"${repository}" is not a repository`,
			/[A-Z]/.test(repository) ? `Repositories are lower case: try ${text.replace(repository, repository.toLowerCase())}.` : undefined,
		);
	}
	if (registry.length + 1 + repository.length > NAME_LIMIT) return fail(`it is longer than ${NAME_LIMIT} characters`);
	return { registry, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

function splitRegistry(name: string): { registry: string; repository: string } {
	const slash = name.indexOf('/');
	const first = slash < 0 ? '' : name.slice(0, slash);
	const hasHost = first !== '' && (/[.:]/.test(first) || first === 'localhost');
	const path = hasHost ? name.slice(slash + 1) : name;
	if (hasHost && !HUB_NAMES.has(first)) return { registry: first, repository: path };
	return { registry: DEFAULT_REGISTRY, repository: path.includes('/') || path === '' ? path : `library/${path}` };
}

/** `registry/repository`, without tag and digest. */
export function repositoryName(ref: Reference): string {
	return `${ref.registry}/${ref.repository}`;
}

/** False for what a digest alone stands for: that image has no name to be found under. */
export function isName({ tag, digest }: Reference): boolean {
	return tag !== undefined || digest === undefined;
}

export function formatReference(ref: Reference): string {
	return repositoryName(ref) + (ref.tag === undefined ? '' : `:${ref.tag}`) + (ref.digest === undefined ? '' : `@${ref.digest}`);
}

/** Do documents that others wrote have the shape that the specification gives them? Values are checked where they are used. */
import { isDigest } from '../oci/digest.js';
import type { Descriptor, ImageConfig, ImageManifest, IndexManifest } from '../oci/types.js';

type Members = Readonly<Record<string, unknown>>;

export function isIndex(value: unknown): value is IndexManifest {
	return isObject(value) && isArrayOf(value.manifests, isDescriptor);
}

export function isDocument(value: unknown): value is Members {
	return isObject(value);
}

export function isManifest(value: unknown): value is ImageManifest {
	return isObject(value) && isDescriptor(value.config) && isArrayOf(value.layers, isDescriptor) && absentOr(value.annotations, isObject);
}

export function isConfig(value: unknown): value is ImageConfig {
	if (!isObject(value) || !isObject(value.rootfs)) return false;
	const { os, architecture, variant = '', created } = value;
	const words = [os, architecture, variant].every(isText) && absentOr(created, isText);
	const layers = isArrayOf(value.rootfs.diff_ids, (id) => isText(id) && isDigest(id)) && absentOr(value.history, (list) => isArrayOf(list, isObject));
	return words && layers && absentOr(value.config, isContainer);
}

function isContainer(value: unknown): boolean {
	const texts = (list: unknown): boolean => isArrayOf(list, isText);
	return isObject(value) && [value.Env, value.Entrypoint, value.Cmd].every((list) => absentOr(list, texts)) && absentOr(value.Labels, isObject);
}

function isDescriptor(value: unknown): value is Descriptor {
	if (!isObject(value)) return false;
	const { mediaType, digest, size, annotations, platform } = value;
	return isText(mediaType) && isText(digest) && Number.isSafeInteger(size) && [annotations, platform].every((member) => absentOr(member, isObject));
}

/** Go programs write null for what is not there. */
function absentOr(value: unknown, check: (value: unknown) => boolean): boolean {
	return value === undefined || value === null || check(value);
}

function isArrayOf(value: unknown, check: (value: unknown) => boolean): boolean {
	return Array.isArray(value) && value.every(check);
}

function isObject(value: unknown): value is Members {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
	return typeof value === 'string';
}

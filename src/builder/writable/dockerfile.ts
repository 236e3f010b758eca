/** Folders that the project's Dockerfile and compose file say the app writes to. */
import { posix } from 'node:path';
import type { FileIndex } from '../../source/file-index.js';
import { isRecord } from '../../source/json.js';
import { parse } from '../../source/yaml.js';
import { dockerfileInstructions, type Instruction } from '../recipes/dockerfile.js';
import type { FoundPlace } from './places.js';

/** https://compose-spec.io: names in the order in which the tools look for them. */
const COMPOSE = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
/** Mounts that are the developer's: sources, sockets, single files. */
const DEVELOPMENT = /(?:^|\/)(?:node_modules|\.next|target|\.venv|\.git)(?:\/|$)|\.sock$|\.[a-z]{1,5}$/;

export function declaredPlaces(source: FileIndex): readonly FoundPlace[] {
	const docker = source.text('Dockerfile');
	const workdir = workdirOf(docker ?? '');
	const relocated = ({ path, ...rest }: FoundPlace): FoundPlace => ({ ...rest, path: below(path, workdir) });
	return [...(docker === undefined ? [] : dockerfilePlaces(docker)), ...composePlaces(source, workdir)].map(relocated);
}

/** The Dockerfile's app folder is /app in our image. */
function below(path: string, workdir: string | undefined): string {
	if (!path.startsWith('/')) return path;
	return workdir !== undefined && (path === workdir || path.startsWith(`${workdir}/`)) ? `.${path.slice(workdir.length)}` : path;
}

function workdirOf(text: string): string | undefined {
	return [...text.matchAll(/^[^\S\n]*WORKDIR\s+(\S+)/gim)].at(-1)?.[1]?.replace(/(.)\/$/, '$1');
}

/** Of the last stage. */
function instructions(text: string): readonly Instruction[] {
	const all = dockerfileInstructions(text);
	const last = all.findLastIndex(({ name }) => name === 'FROM');
	return all.slice(Math.max(0, last));
}

function dockerfilePlaces(text: string): readonly FoundPlace[] {
	const all = instructions(text);
	const owned = all
		.filter(({ name }) => name === 'RUN')
		.flatMap(({ text: command }) => [...command.matchAll(/\bch(?:own|mod)\s+([^&;|]+)/g)].flatMap(([, words]) => pathsOf(words ?? '')));
	const place = (path: string, { line }: Instruction, why: string): FoundPlace => ({
		path,
		kind: 'folder',
		reason: { file: 'Dockerfile', line, says: `the Dockerfile ${why} ${path}` },
	});
	return all.flatMap((instruction) => {
		if (instruction.name === 'VOLUME') return volumePaths(instruction.text).map((path) => place(path, instruction, 'declares the volume'));
		if (instruction.name !== 'RUN') return [];
		const made = [...instruction.text.matchAll(/\b(?:mkdir|install\s+-d)\s+([^&;|]+)/g)].flatMap(([, words]) => pathsOf(words ?? ''));
		return made.filter((path) => owned.some((other) => other === path)).map((path) => place(path, instruction, 'makes and hands over'));
	});
}

function volumePaths(text: string): readonly string[] {
	const list = /^\s*\[/.test(text) ? [...text.matchAll(/"([^"]+)"/g)].map(([, path]) => path ?? '') : text.trim().split(/\s+/);
	return list.filter((path) => path.startsWith('/')).map((path) => path.replace(/(.)\/$/, '$1'));
}

function pathsOf(words: string): readonly string[] {
	return words
		.trim()
		.split(/\s+/)
		.filter((word) => /^[\w./-]*\/[\w./-]*$|^[\w][\w.-]*$/.test(word) && !word.startsWith('-') && !/^[ugoa]*[+=-]?[rwxX]+$|^\d+$/.test(word))
		.map((word) => word.replace(/^\.\//, '').replace(/(.)\/$/, '$1'));
}

function composePlaces(source: FileIndex, workdir: string | undefined): readonly FoundPlace[] {
	const file = source.first(...COMPOSE);
	const services = file === undefined ? undefined : read(source.text(file) ?? '')?.services;
	if (file === undefined || !isRecord(services)) return [];
	return Object.entries(services).flatMap(([name, service]) => {
		if (!isRecord(service) || !buildsHere(service.build)) return [];
		const volumes: readonly unknown[] = Array.isArray(service.volumes) ? service.volumes : [];
		return volumes.flatMap((volume): FoundPlace[] => {
			const target = targetOf(volume);
			if (target === undefined || target === workdir || DEVELOPMENT.test(target)) return [];
			return [{ path: target, kind: 'folder', reason: { file, says: `the service ${name} of ${file} mounts a volume at ${target}` } }];
		});
	});
}

function read(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = parse(text, { maxAliasCount: 100 });
		return isRecord(value) ? value : undefined;
	} catch {
		// Another tool's file: it says nothing then.
		return undefined;
	}
}

function buildsHere(build: unknown): boolean {
	const context = isRecord(build) ? (build.context ?? '.') : build;
	return typeof context === 'string' && posix.normalize(`${context}/`) === './';
}

/** `data:/data`, `./data:/data`, `/data`, or the long form; a read-only one is not written to. */
function targetOf(volume: unknown): string | undefined {
	if (isRecord(volume)) return volume.read_only === true || volume.type === 'tmpfs' || typeof volume.target !== 'string' ? undefined : volume.target;
	if (typeof volume !== 'string') return undefined;
	const parts = volume.split(':');
	const target = parts.length === 1 ? parts[0] : parts[1];
	return /^\//.test(target ?? '') && !parts.slice(2).includes('ro') ? target?.replace(/(.)\/$/, '$1') : undefined;
}

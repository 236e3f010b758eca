/** Gradles that wrappers have downloaded: https://docs.gradle.org/current/userguide/directory_layout.html#dir:gradle_user_home */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Downloaded {
	readonly version: string;
	/** The program, absolute. */
	readonly program: string;
}

/** The asked for version first, then the newest. */
export function downloadedGradles(home: string, wanted: string | undefined): readonly Downloaded[] {
	const dists = join(home, 'wrapper/dists');
	const found = children(dists).flatMap((name) => {
		const version = /^gradle-(.+)-(?:bin|all)$/.exec(name)?.[1];
		if (version === undefined) return [];
		const programs = children(join(dists, name)).map((hash) => join(dists, name, hash, `gradle-${version}`, 'bin/gradle'));
		return programs.filter((program) => existsSync(program)).map((program) => ({ version, program }));
	});
	return found.sort((a, b) => Number(b.version === wanted) - Number(a.version === wanted) || compare(b.version, a.version));
}

/** Scripts rarely outlive a major version. */
export function isLike(version: string, wanted: string | undefined): boolean {
	return wanted === undefined || version.split('.')[0] === wanted.split('.')[0];
}

function children(folder: string): readonly string[] {
	return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function compare(a: string, b: string): number {
	const [left, right] = [a, b].map((text) => text.split(/[.-]/).map(Number)) as [number[], number[]];
	for (let at = 0; at < Math.max(left.length, right.length); at++) {
		const difference = (left[at] || 0) - (right[at] || 0);
		if (difference !== 0) return difference;
	}
	return 0;
}

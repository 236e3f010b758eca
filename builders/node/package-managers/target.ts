/** The target platform in the words of Node's package managers. */

/** `process.arch` for an OCI architecture. */
export function nodeArchitecture(architecture: string): string {
	return architecture === 'amd64' ? 'x64' : architecture;
}

/** The exact version of a `packageManager` field such as `pnpm@9.1.0+sha512.abc`. */
export function pinnedVersion(field: string | undefined, name: string): string | undefined {
	const match = /^([a-z]+)@(\d+\.\d+\.\d+(?:-[\w.]+)?)/.exec(field ?? '');
	return match?.[1] === name ? match[2] : undefined;
}

/** The target platform in the words of Node's package managers. */

/** `process.arch` for an OCI architecture. */
export function nodeArchitecture(architecture: string): string {
	return architecture === 'amd64' ? 'x64' : architecture;
}

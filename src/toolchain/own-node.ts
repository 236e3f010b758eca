/** The Node that runs Tare: what Tare runs for itself runs on it, whatever Node the app wants. */

/** @param file a program of Tare's, or of a package that Tare chose @returns the words that start it */
export function onOwnNode(file: string, ...args: readonly string[]): readonly string[] {
	return [process.execPath, file, ...args];
}

/** The optimizations by name: all that the command line needs to know of them. */
export const OPTIMIZATIONS = {
	trace: 'of node_modules ship only the files that the app reaches',
	bundle: 'one file of the app and its dependencies; what cannot be bundled stays as it is and is traced',
	'compile-cache': "V8's compiled code of what the app loads while it starts, made by starting it once",
	executable: 'for apps that run on Bun: one program with the app in it',
} as const satisfies Record<string, string>;

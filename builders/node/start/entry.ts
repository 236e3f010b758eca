/** Which file a planned command runs. */

/** The file that node is given, if the command names one. */
export function entryFile(command: readonly string[]): string | undefined {
	if (command[0] !== 'node' && command[0] !== 'bun') return undefined;
	for (let at = 1; at < command.length; at++) {
		const word = command[at] as string;
		if (/^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file|--title)$/.test(word)) at++;
		else if (/^(?:-e|--eval|-p|--print)$/.test(word)) return undefined;
		else if (!word.startsWith('-') && !(word === 'run' && command[0] === 'bun')) return word.replace(/^\.\//, '');
	}
	return undefined;
}

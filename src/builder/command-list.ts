/** The commands of a shell line in their own text, with the operators between them: what can be taken out of a line without running it otherwise. */

export interface ListedCommand {
	/** What joins it to the command before; '' for the first. */
	readonly joined: '' | '&&' | '||' | ';';
	readonly text: string;
}

/** Quoted text, an escaped character, an operator, or one other character. */
const PART = /'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|&&|\|\||\$\([^()]*\)|[\s\S]/g;
/** Commands that hold others, and operators that run commands at the same time: they are no plain list. */
const COMPOUND = /^(?:[(){}`&|\n]|\$\()$/;
const KEYWORD = /^(?:if|then|else|fi|for|while|until|do|done|case|esac|function)(?:\s|$)/;

/** @returns undefined where the line is more than a list of commands */
export function listCommands(line: string): readonly ListedCommand[] | undefined {
	const commands: { joined: ListedCommand['joined']; text: string }[] = [{ joined: '', text: '' }];
	for (const [part] of line.trim().matchAll(PART)) {
		const current = commands.at(-1);
		if (part === '&&' || part === '||' || part === ';') commands.push({ joined: part, text: '' });
		else if (COMPOUND.test(part) || /^["']$/.test(part) || current === undefined) return undefined;
		else current.text += part;
	}
	const listed = commands.map(({ joined, text }) => ({ joined, text: text.trim() }));
	if (listed.some(({ text }) => KEYWORD.test(text))) return undefined;
	return listed.filter(({ text }, at) => text !== '' || at < listed.length - 1);
}

export function joinCommands(commands: readonly ListedCommand[]): string {
	return commands.map(({ joined, text }) => (joined === '' ? text : joined === ';' ? `; ${text}` : ` ${joined} ${text}`)).join('');
}

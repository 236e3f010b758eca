/** `tare completion SHELL`: scripts made from the program's own commands and flags. */
import type { Command } from 'commander';
import { TareError } from '../../errors.js';
import { fail, print } from '../output.js';

interface Words {
	readonly name: string;
	readonly description: string;
	readonly flags: readonly { readonly flag: string; readonly description: string }[];
}

const SHELLS: Readonly<Record<string, (commands: readonly Words[]) => string>> = { bash, zsh, fish };

export const runCompletion =
	(program: Command) =>
	async (shell: string | undefined): Promise<void> => {
		const commands: Words[] = program.commands.map((command) => ({
			name: command.name(),
			description: command.description(),
			flags: command.options.map(({ long, short, description }) => ({ flag: long ?? short ?? '', description })),
		}));
		const script = SHELLS[shell ?? '']?.(commands);
		if (script === undefined)
			process.exitCode = fail(new TareError('USAGE', `no completion for the shell "${shell}"`, { hint: 'There is one for bash, zsh and fish.' }), {});
		else print(script);
	};

function bash(commands: readonly Words[]): string {
	const cases = commands.map(({ name, flags }) => `    ${name}) words="${flags.map(({ flag }) => flag).join(' ')}" ;;`);
	return `# tare completion bash > /etc/bash_completion.d/tare
_tare() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map(({ name }) => name).join(' ')}"; else case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac; fi
  if [[ "$cur" == -* || "$COMP_CWORD" -eq 1 ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); else COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -o filenames -F _tare tare`;
}

function zsh(commands: readonly Words[]): string {
	const quote = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(':', '\\:').replaceAll('[', '\\[').replaceAll(']', '\\]');
	const cases = commands.map(
		({ name, flags }) => `    ${name}) _arguments ${flags.map(({ flag, description }) => `'${flag}[${quote(description)}]'`).join(' ')} '*:file:_files' ;;`,
	);
	return `#compdef tare
# tare completion zsh > "\${fpath[1]}/_tare"
_tare() {
  local -a commands=(${commands.map(({ name, description }) => `'${name}:${quote(description)}'`).join(' ')})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$words[2]" in
${cases.join('\n')}
  esac
}
_tare "$@"`;
}

function fish(commands: readonly Words[]): string {
	const quote = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
	const lines = commands.flatMap(({ name, description, flags }) => [
		`complete -c tare -n __fish_use_subcommand -a ${name} -d '${quote(description)}'`,
		...flags.map(
			({ flag, description: says }) => `complete -c tare -n '__fish_seen_subcommand_from ${name}' -l ${flag.replace(/^--/, '')} -d '${quote(says)}'`,
		),
	]);
	return ['# tare completion fish > ~/.config/fish/completions/tare.fish', ...lines].join('\n');
}

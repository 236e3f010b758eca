/** The program that fills $PORT into a command at start: an image has no shell, and a command that names a variable needs none. */
import { type Entry, imagePath } from '../../src/layers/entry.js';

const PATH = '/usr/local/lib/tare/start.py';
/** Isolated and without site: this Python only replaces itself. */
export const LAUNCH = ['python', '-IS', PATH] as const;

const PROGRAM = `"""Runs the words that follow as a command: $NAME and \${NAME:-default} are filled in, NAME=value may stand first, && joins commands."""
import os
import re
import sys

VARIABLE = re.compile(r"\\$\\$|\\$(\\w+)|\\$\\{(\\w+)(?:(:?)-([^}]*))?\\}")


def value(match):
    if match[0] == "$$":
        return "$"
    found = os.environ.get(match[1] or match[2])
    if found is None or (found == "" and match[3]):
        return match[4] or ""
    return found


def expand(word):
    text = VARIABLE.sub(value, word)
    whole = VARIABLE.fullmatch(word)
    return text.split() if whole and word != "$$" else [text]


def prepare(words):
    words = list(words)
    while words and re.match(r"[A-Za-z_]\\w*=", words[0]):
        name, _, text = words.pop(0).partition("=")
        os.environ[name] = VARIABLE.sub(value, text)
    return [part for word in words for part in expand(word)]


def commands(words):
    command = []
    for word in words:
        if word == "&&":
            yield command
            command = []
        else:
            command.append(word)
    yield command


def run(command):
    pid = os.fork()
    if pid == 0:
        replace(command)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        sys.exit(code if code > 0 else 128 - code)


def replace(command):
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\\n")
        os._exit(127)


*before, last = commands(sys.argv[1:])
for one in before:
    run(prepare(one))
replace(prepare(last))
`;

export function launcherEntry(): Entry {
	const bytes = Buffer.from(PROGRAM);
	return { type: 'file', path: imagePath(PATH), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
}

/** Files of other tools as plain tables, with the line of a mistake. */
import { TareError } from '../../errors.js';
import { parseJson } from '../../source/json.js';
import { parseToml, TomlError } from '../../source/toml.js';
import { type Table, table } from './types.js';

/** @throws TareError MANIFEST_INVALID */
export function readToml(content: string, file: string): Table {
	try {
		return parseToml(content);
	} catch (cause) {
		if (!(cause instanceof TomlError)) throw cause;
		throw new TareError('MANIFEST_INVALID', `${file} is not valid TOML: ${cause.message}`, { at: { file, line: cause.line }, hint: `Correct ${file}.`, cause });
	}
}

/** @throws TareError MANIFEST_INVALID */
export function readJson(content: string, file: string): Table {
	return table(parseJson(content, file).value);
}

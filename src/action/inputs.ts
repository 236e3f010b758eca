/** Inputs as the runner hands them over, `INPUT_NAME` in the environment, read as GitHub's and Docker's own actions read them. */
import { parse } from 'csv-parse/sync';
import { TareError } from '../errors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Trimmed; '' where it is absent. */
export function text(env: Environment, name: string): string {
	return (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim();
}

/** A text, or undefined where it is absent. */
export function optional(env: Environment, name: string): string | undefined {
	return text(env, name) || undefined;
}

/** YAML 1.2's core schema, as in `getBooleanInput` of GitHub's toolkit. @returns undefined where it is absent @throws TareError USAGE */
export function flag(env: Environment, name: string): boolean | undefined {
	const value = text(env, name);
	if (value === '') return undefined;
	if (['true', 'True', 'TRUE'].includes(value)) return true;
	if (['false', 'False', 'FALSE'].includes(value)) return false;
	throw invalidInput(name, `"${value}" is not a boolean`, 'Write true or false.');
}

export function wholeNumber(env: Environment, name: string): number | undefined {
	const value = text(env, name);
	if (value === '') return undefined;
	if (/^\d{1,9}$/.test(value)) return Number(value);
	throw invalidInput(name, `"${value}" is not a whole number`, 'Write digits only.');
}

/** A value a line; commas separate, too. */
export function words(env: Environment, name: string): readonly string[] {
	return records(env, name)
		.flatMap((record) => record.flatMap((field) => field.split(',')))
		.map((value) => value.trim())
		.filter((value) => value !== '');
}

/** A value a line, commas and all; one in double quotes may have several lines. @param quotes false: they belong to the value */
export function lines(env: Environment, name: string, quotes = true): readonly string[] {
	return records(env, name, quotes)
		.map((record) => record.join(',').trim())
		.filter((value) => value !== '');
}

/** `NAME=value` a line. @throws TareError USAGE; the message has no value in it */
export function pairs(env: Environment, name: string): readonly (readonly [string, string])[] {
	return lines(env, name).map((line, index) => {
		const at = line.indexOf('=');
		if (at > 0) return [line.slice(0, at).trim(), line.slice(at + 1)];
		throw invalidInput(name, `line ${index + 1} is not NAME=value`, 'Write one NAME=value a line; a value of several lines goes in double quotes.');
	});
}

/** The attributes of `type=oci,dest=app.tar`, by name; a text without any is `undefined`. */
export function attributes(line: string): ReadonlyMap<string, string> | undefined {
	const [fields = []] = parse(line, { relaxColumnCount: true, relaxQuotes: true, skipEmptyLines: true, trim: true }) as string[][];
	if (!fields.some((field) => field.includes('='))) return undefined;
	return new Map(fields.map((field) => [field.split('=', 1)[0]?.trim().toLowerCase() ?? '', field.slice(field.indexOf('=') + 1).trim()]));
}

export function invalidInput(name: string, says: string, hint: string, cause?: TareError): TareError {
	return new TareError(cause?.code ?? 'USAGE', `input "${name}": ${says}`, { hint, cause, data: { input: name } });
}

/** Lists are CSV, as docker/actions-toolkit reads them: https://github.com/docker/actions-toolkit/blob/main/src/util.ts (getList) */
function records(env: Environment, name: string, quotes = true): readonly string[][] {
	try {
		return parse(text(env, name), { relaxQuotes: true, relaxColumnCount: true, skipEmptyLines: true, ...(!quotes && { quote: false }) }) as string[][];
	} catch {
		throw invalidInput(name, 'a double quote is never closed', 'Close it, or write a quote that belongs to a value twice.');
	}
}

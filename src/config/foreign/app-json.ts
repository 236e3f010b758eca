/** app.json of Heroku: https://devcenter.heroku.com/articles/app-json-schema. Other tools' files of that name have none of its keys. */
import { readJson } from './parse.js';
import { type Foreign, table, text } from './types.js';

/** @throws TareError MANIFEST_INVALID */
export function readAppJson(content: string, file: string): Foreign {
	const { env, scripts } = readJson(content, file);
	// A value that is generated or only described is for the platform to fill in.
	const values = Object.entries(table(env)).flatMap(([name, one]) => {
		const value = text(one) ?? text(table(one).value);
		return value === undefined ? [] : [[name, value] as const];
	});
	const asked = Object.entries(table(env)).filter(([name, one]) => table(one).required !== false && !values.some(([other]) => other === name));
	const after = text(table(scripts).postdeploy);
	return {
		config: values.length > 0 ? { env: Object.fromEntries(values) } : {},
		settings: {},
		notes: [
			...values.map(([name]) => ({ file, says: `variable ${name} of the image` })),
			...asked.map(([name]) => ({ file, says: `${name} has no value: set it where the image runs` })),
		],
		warnings:
			after === undefined ? [] : [{ file, says: `scripts.postdeploy "${after}" is not run: run it as a job of the image with --process or another command` }],
	};
}

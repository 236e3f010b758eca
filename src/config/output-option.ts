/** `--output KIND:PATH[:TAG]` */
import { TareError } from '../errors.js';

export const OUTPUT_KINDS = ['oci', 'oci-archive', 'docker-archive'] as const;
export type OutputKind = (typeof OUTPUT_KINDS)[number];

export interface OutputOption {
	readonly kind: OutputKind;
	readonly path: string;
	readonly tag?: string;
}

const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** @throws TareError USAGE */
export function parseOutput(text: string): OutputOption {
	const colon = text.indexOf(':');
	const kind = OUTPUT_KINDS.find((candidate) => candidate === text.slice(0, colon));
	const rest = text.slice(colon + 1);
	if (kind === undefined || rest === '') {
		throw new TareError('USAGE', `"${text}" is not an output`, {
			hint: `Write KIND:PATH[:TAG] with KIND one of ${OUTPUT_KINDS.join(', ')}, for example --output oci:out/app.`,
		});
	}
	const last = rest.lastIndexOf(':');
	const tag = last > 0 ? rest.slice(last + 1) : undefined;
	// A colon inside a folder's name is no tag.
	return tag !== undefined && TAG.test(tag) ? { kind, path: rest.slice(0, last), tag } : { kind, path: rest };
}

/** WWW-Authenticate challenges: RFC 9110, section 11.6.1, and https://distribution.github.io/distribution/spec/auth/token/ */

export interface Challenge {
	/** Lower case: `basic`, `bearer`. */
	readonly scheme: string;
	readonly parameters: Readonly<Record<string, string>>;
}

/** A parameter, the name of a scheme (`Negotiate` has no parameters), or a token that is passed over (`NTLM TlRM/+==`). */
const PART = /[\s,]*(?:([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"=][^\s,"]*))|([A-Za-z][\w-]*)(?=[\s,]|$)|[\w.~+/-]+=*(?=[\s,]|$))/gy;

export function parseChallenges(header: string): readonly Challenge[] {
	const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
	for (const [, key, quoted, plain, scheme] of header.matchAll(PART)) {
		if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
		else if (key !== undefined) {
			const last = challenges.at(-1);
			if (last !== undefined) last.parameters[key.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
		}
	}
	return challenges;
}

/** WWW-Authenticate challenges: RFC 9110, section 11.6.1, and https://distribution.github.io/distribution/spec/auth/token/ */

export interface Challenge {
	/** Lower case: `basic`, `bearer`. */
	readonly scheme: string;
	readonly parameters: Readonly<Record<string, string>>;
}

export function parseChallenges(header: string): readonly Challenge[] {
	const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
	const token = /\s*,?\s*(?:([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([A-Za-z][\w-]*)(?=\s|$))/gy;
	for (let match = token.exec(header); match !== null; match = token.exec(header)) {
		const [, key, quoted, plain, scheme] = match;
		if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
		else if (key !== undefined) {
			const last = challenges.at(-1);
			if (last !== undefined) last.parameters[key.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
		}
	}
	return challenges;
}

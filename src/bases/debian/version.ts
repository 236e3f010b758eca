/** Debian version order: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version */

/** Negative when `a` is older than `b`, 0 when they are equal, positive when newer. */
export function compareVersions(a: string, b: string): number {
	const [left, right] = [split(a), split(b)];
	return left.epoch - right.epoch || comparePart(left.upstream, right.upstream) || comparePart(left.revision, right.revision);
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
	const colon = version.indexOf(':');
	const rest = version.slice(colon + 1);
	const dash = rest.lastIndexOf('-');
	return {
		epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
		upstream: dash < 0 ? rest : rest.slice(0, dash),
		revision: dash < 0 ? '' : rest.slice(dash + 1),
	};
}

/** Non-digits and digits by turns; digits as numbers of any length. */
function comparePart(a: string, b: string): number {
	let [left, right] = [a, b];
	while (left !== '' || right !== '') {
		const [leftText, rightText] = [/^\D*/.exec(left)?.[0] ?? '', /^\D*/.exec(right)?.[0] ?? ''];
		const text = compareText(leftText, rightText);
		if (text !== 0) return text;
		[left, right] = [left.slice(leftText.length), right.slice(rightText.length)];
		const [leftDigits, rightDigits] = [/^\d*/.exec(left)?.[0] ?? '', /^\d*/.exec(right)?.[0] ?? ''];
		const number = compareDigits(leftDigits.replace(/^0+/, ''), rightDigits.replace(/^0+/, ''));
		if (number !== 0) return number;
		[left, right] = [left.slice(leftDigits.length), right.slice(rightDigits.length)];
	}
	return 0;
}

function compareDigits(a: string, b: string): number {
	return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** `~` before the end, the end before letters, letters before the rest. */
function compareText(a: string, b: string): number {
	for (let at = 0; at < Math.max(a.length, b.length); at++) {
		const difference = rank(a[at]) - rank(b[at]);
		if (difference !== 0) return difference;
	}
	return 0;
}

function rank(character: string | undefined): number {
	if (character === '~') return -1;
	if (character === undefined) return 0;
	return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

/** The closure check of a platform's app layers against its base: findings become one error, or packages to add. */
import type { Base } from '../bases/contract.js';
import { packageOfSoname } from '../bases/debian/sonames.js';
import type { BuildRequest } from '../config/request.js';
import { type AppBinary, checkClosure, type Finding } from '../elf/closure.js';
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { formatPlatform } from '../oci/platform.js';

/** @returns Debian packages that would supply what is missing, when `fix` asks for them @throws TareError LIBRARY_MISSING | GLIBC_TOO_OLD | WRONG_ARCHITECTURE */
export function checkBinaries(binaries: readonly AppBinary[], base: Base, request: BuildRequest, emit: Listener): readonly string[] {
	if (base.libraries === undefined) return [];
	const all = checkClosure(binaries, base.libraries, base.platform.architecture);
	for (const { says } of all.filter(({ severity }) => severity === 'warning'))
		emit({ type: 'warning', says, hint: 'It does not matter unless the app runs this program.' });
	const findings = all.filter(({ severity }) => severity === 'error');
	const [first] = findings;
	if (first === undefined) return [];
	const release = request.base.kind === 'debian' ? request.base.release : undefined;
	const supplies = new Map(
		findings.map((finding) => [
			finding,
			release === undefined || finding.code !== 'LIBRARY_MISSING' ? undefined : packageOfSoname(finding.soname ?? '', release),
		]),
	);
	const packages = [...new Set([...supplies.values()].filter((name) => name !== undefined))].sort();
	if (request.fix && [...supplies.values()].every((name) => name !== undefined)) return packages;
	const unknown = findings.find((finding) => supplies.get(finding) === undefined) ?? first;
	throw toError(packages.length === findings.length ? first : unknown, findings, packages, base);
}

function toError(finding: Finding, findings: readonly Finding[], packages: readonly string[], base: Base): TareError {
	const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
	return new TareError(finding.code, `${finding.says}${more}`, {
		hint: hintFor(finding, packages, base),
		at: { file: finding.file },
		data: { findings, packages },
	});
}

function hintFor({ code, soname }: Finding, packages: readonly string[], base: Base): string {
	if (code === 'WRONG_ARCHITECTURE')
		return `Build or install the binary for ${formatPlatform(base.platform)}; compiled add-ons need a host of that architecture.`;
	if (code === 'GLIBC_TOO_OLD') return 'It was built on a newer system than the base: build it on an older one, or use --debian trixie.';
	if (packages.length > 0) return `Debian has it: add --fix, or "packages: [${packages.join(', ')}]" to tare.yaml.`;
	return `Find the Debian package that has ${soname} at https://packages.debian.org/file:${soname} and add it under \`packages:\` in tare.yaml.`;
}

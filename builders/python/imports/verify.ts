/** The check of imports in a build: after the dependencies are installed, before an image is written. */
import type { BuildPlan } from '../../../src/builder/contract.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import type { PythonFacts } from '../facts.js';
import type { Installed } from '../installed.js';
import { checkImports, type Imports } from './check.js';
import { absentFile, doubt, missingImport } from './report.js';
import { siteRoots } from './search.js';
import { standardLibrary } from './standard-library.js';

/** A base of the user's may have packages of its own: only Debian's is known. @throws TareError MODULE_MISSING | ENTRY_MISSING */
export function verifyImports(
	plan: BuildPlan,
	facts: PythonFacts,
	installs: readonly (Installed | undefined)[],
	shipped: readonly { readonly path: string }[],
	tools: Toolchain,
): Promise<Imports | undefined> {
	return tools.once('imports', async () => {
		if (!facts.debian) return undefined;
		const { origin, version, distribution, wheel, ignoreImports, importing } = facts;
		const { PYTHONPATH = '', DJANGO_SETTINGS_MODULE: settings } = { ...plan.config.env, ...importing };
		const { source } = tools;
		const found = checkImports({
			source,
			shipped: [...shipped.map(({ path }) => path), ...(plan.files ?? []).filter(({ path }) => isInApp(path)).map(({ path }) => inSource(path))],
			command: plan.processes[0]?.command ?? [],
			folder: inSource(plan.config.WorkingDir ?? '/app'),
			path: PYTHONPATH.split(':').filter(isInApp).map(inSource),
			scripts: distribution?.scripts ?? wheel?.scripts ?? {},
			others: [...standardLibrary(await tools.hostBase(), version), ...installs.flatMap((one) => (one === undefined ? [] : siteRoots(one.site)))],
			given: ignoreImports,
			...(settings !== undefined && { settings }),
		});
		const manifest = origin.kind === 'none' ? undefined : plan.steps.find(({ id }) => id === 'install')?.reasons[0]?.file;
		const context = { source, version, manifest };
		// A folder of the image that is none of the source's may have any module.
		const unknown = PYTHONPATH.split(':').some((folder) => folder !== '' && !isInApp(folder));
		if (found.absent !== undefined) throw absentFile(found.absent);
		if (found.fatal.length > 0 && !unknown) throw missingImport(found.fatal, context);
		for (const one of [...found.fatal, ...found.doubtful])
			tools.emit({ type: 'warning', says: doubt(one, context), ...(one.file !== '' && { at: { file: one.file, line: one.line } }) });
		return found;
	});
}

function isInApp(folder: string): boolean {
	return folder === '/app' || folder.startsWith('/app/');
}

function inSource(folder: string): string {
	return folder.replace(/^\/app\/?/, '');
}

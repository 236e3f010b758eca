/** The compiler's flags, as configuration, ko's configuration and the builder's own rules come to them. */
import type { PlanRequest } from '../../src/builder/contract.js';
import type { KoSettings } from './ko.js';
import type { GoRecipe } from './recipe.js';
import { refuseFlags, refuseVariables } from './refusals.js';
import type { GoSettings } from './settings.js';
import { fillTemplate, type TemplateValues } from './templates.js';

/** @throws TareError CONFIG_INVALID */
export function buildFlags(
	ko: KoSettings,
	request: Pick<PlanRequest, 'settings' | 'buildEnv' | 'projectEnv' | 'commit' | 'epoch'>,
	recipe: Pick<GoRecipe, 'tags' | 'ldflags'>,
): readonly string[] {
	const own = request.settings as GoSettings;
	const values: TemplateValues = { env: { ...ko.env, ...request.buildEnv }, commit: request.commit, epoch: request.epoch };
	const fill = (flags: readonly string[], file: string) => flags.map((flag) => fillTemplate(flag, values, file));
	const flags = own.flags === undefined ? fill(ko.flags, '.ko.yaml') : fill(own.flags, 'tare.yaml');
	const ldflags = own.ldflags === undefined ? fill(ko.ldflags, '.ko.yaml') : fill(own.ldflags, 'tare.yaml');
	refuseFlags(flags, own.flags === undefined ? '.ko.yaml' : 'tare.yaml');
	refuseFlags(ldflags, own.ldflags === undefined ? '.ko.yaml' : 'tare.yaml');
	refuseVariables(ko.env, '.ko.yaml');
	refuseVariables(Object.fromEntries(Object.entries(request.buildEnv).filter(([name]) => request.projectEnv?.includes(name))), 'tare.yaml');
	const rest = flags.flatMap((flag) => flag.split(/\s+/)).filter((flag) => flag !== '-trimpath' && flag !== '');
	const tags = (own.tags ?? recipe.tags).flatMap((tag) => tag.split(/[\s,]+/)).join(',');
	// Without its tables a program is half as large; stack traces stay.
	const tables = own.debug === true ? [] : ['-s', '-w'];
	return [
		'-trimpath',
		'-buildvcs=false',
		...(tags === '' ? [] : [`-tags=${tags}`]),
		...rest,
		`-ldflags=${[...tables, '-B=0x00', ...ldflags, ...recipe.ldflags.map(quoted)].join(' ')}`,
	];
}

/** go splits the flags of the linker at blanks. */
const quoted = (flag: string): string => (/\s/.test(flag) ? `'${flag}'` : flag);

/** What `cgo:` and `experiment:` say, in go's own variables. */
export function settingsEnv({ cgo, experiment }: GoSettings): Readonly<Record<string, string>> {
	return {
		...(cgo !== undefined && { CGO_ENABLED: cgo ? '1' : '0' }),
		...(experiment !== undefined && { GOEXPERIMENT: experiment.join(',') }),
	};
}

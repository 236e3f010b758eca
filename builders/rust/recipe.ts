/** How the project compiles its program elsewhere: features, profile and cfg flags that `cargo build` in a Dockerfile, Makefile or CI file has. */
import type { Reason } from '../../src/builder/contract.js';
import { distinct, leftOpen, leftOut } from '../../src/builder/recipes/said.js';
import { isOpen, type Recipe } from '../../src/builder/recipes/words.js';
import type { RustSettings } from './settings.js';

export interface RustRecipe {
	readonly features: readonly string[];
	readonly noDefaultFeatures: boolean;
	readonly profile: string;
	/** `--cfg` of the compiler. */
	readonly rustflags: readonly string[];
	readonly reasons: readonly Reason[];
	/** What is left out. */
	readonly warnings: readonly Reason[];
}

export interface RecipeQuestion {
	readonly recipes: readonly Recipe[];
	readonly settings: RustSettings;
	/** The first program and its package. */
	readonly program: { readonly name: string; readonly package: string; readonly requires: readonly string[] };
	/** Profiles and features that the manifests define. */
	readonly profiles: readonly string[];
	readonly features: readonly string[];
}

/** Options of `cargo build` that have a value in the next word. */
const WITH_VALUE = new Set(
	['features', 'profile', 'package', 'bin', 'manifest-path', 'target', 'target-dir', 'jobs', 'color', 'config', 'message-format', 'exclude', 'example'].concat([
		'path',
		'root',
		'git',
		'tag',
		'branch',
		'rev',
		'version',
		'out-dir',
		'artifact-dir',
	]),
);
const SHORT: Readonly<Record<string, string>> = { F: 'features', p: 'package', r: 'release', j: 'jobs', Z: 'config' };
/** A developer's build is not the one that is shipped. */
const DEVELOPMENT = /(?:^|[-_./])(?:debug|dev|test|tests|cover|coverage|bench|lint|check|windows|darwin|macos|wasm|e2e|watch)(?:$|[-_./])/i;
/** Flags that Tare decides itself, or that only change the speed of the work. */
const OUR_OWN_FLAG = /^-C\s*(?:link-arg=-fuse-ld|linker|strip|opt-level|debuginfo|codegen-units|target-feature=[+-]crt-static)/;

interface CargoCommand {
	readonly recipe: Recipe;
	readonly options: ReadonlyMap<string, readonly string[]>;
}

export function rustRecipe(question: RecipeQuestion): RustRecipe {
	const { settings, program } = question;
	const all = question.recipes.flatMap(readCommand).filter((command) => builds(command, program));
	const own = all.filter(({ recipe }) => recipe.file === all[0]?.recipe.file);
	const said = own.map((command) => partsOf(command, question));
	const [first] = own;
	const differ = said.some((part) => JSON.stringify(part.taken) !== JSON.stringify(said[0]?.taken));
	const taken = differ ? undefined : said[0];
	const settled = {
		features: settings.features ?? taken?.features ?? [],
		noDefaultFeatures: settings.noDefaultFeatures ?? (settings.features === undefined && taken?.noDefaultFeatures === true),
		profile: settings.profile ?? taken?.profile ?? 'release',
		rustflags: taken?.rustflags ?? [],
	};
	const says = asWords({ ...settled, ...(settings.features !== undefined && { features: [] }), ...(settings.profile !== undefined && { profile: 'release' }) });
	const required = program.requires.filter((feature) => !settled.features.includes(feature));
	return {
		...settled,
		features: [...new Set([...settled.features, ...program.requires])].sort(),
		reasons: [
			...(first !== undefined && taken !== undefined && says !== ''
				? [{ file: first.recipe.file, line: first.recipe.line, says: `compiled as there: ${says}` }]
				: []),
			...(required.length > 0 ? [{ file: 'Cargo.toml', says: `features that ${program.name} requires: ${required.join(', ')}` }] : []),
		],
		warnings: [
			...distinct(said.flatMap(({ warnings }) => warnings)),
			...(differ && first !== undefined
				? [leftOut(first.recipe, 'features and profile, which differ between its commands', 'set rust: {features: [...]} for them')]
				: []),
		],
	};
}

function readCommand(recipe: Recipe): readonly CargoCommand[] {
	const { words, target } = recipe;
	const [program = '', ...rest] = words;
	const at = rest.findIndex((word) => !word.startsWith('+'));
	const verb = rest[at];
	if (!/(?:^|\/)(?:cargo|cross)$/.test(program) || (verb !== 'build' && verb !== 'b' && verb !== 'install' && verb !== 'zigbuild')) return [];
	const options = cargoOptions(rest.slice(at + 1));
	const release = verb === 'install' || options.has('release') || options.has('profile');
	return release && !DEVELOPMENT.test(target ?? '') ? [{ recipe, options }] : [];
}

function cargoOptions(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
	const options = new Map<string, readonly string[]>();
	for (let at = 0; at < words.length; at++) {
		const [, long, short, joined, value] = /^(?:--([\w-]+)|-([A-Za-z])(\S+)?)(?:=([\s\S]*))?$/.exec(words[at] ?? '') ?? [];
		const name = long ?? SHORT[short ?? ''];
		if (name === undefined) continue;
		const own = value ?? joined ?? (WITH_VALUE.has(name) ? (words[++at] ?? '') : 'true');
		options.set(name, [...(options.get(name) ?? []), own]);
	}
	return options;
}

function builds({ options, recipe }: CargoCommand, program: RecipeQuestion['program']): boolean {
	const bins = options.get('bin') ?? [];
	const packages = options.get('package') ?? [];
	const paths = [...(options.get('path') ?? []), ...(options.get('manifest-path') ?? [])];
	const excluded = options.get('exclude') ?? [];
	if (excluded.includes(program.package) || recipe.words.includes('--examples') || options.has('example')) return false;
	if (bins.length > 0) return bins.includes(program.name) || bins.some(isOpen);
	return packages.length === 0 || packages.includes(program.package) || packages.some(isOpen) || paths.length > 0;
}

interface Parts {
	readonly features: readonly string[];
	readonly noDefaultFeatures: boolean;
	readonly profile: string;
	readonly rustflags: readonly string[];
	readonly taken: readonly unknown[];
	readonly warnings: readonly Reason[];
}

function partsOf(command: CargoCommand, { features: known, profiles }: RecipeQuestion): Parts {
	const { options, recipe } = command;
	const asked = (options.get('features') ?? []).flatMap((text) => (isOpen(text) ? [text] : text.split(/[\s,]+/))).filter((one) => one !== '');
	const every = options.has('all-features') ? known : [];
	const profile = options.get('profile')?.at(-1) ?? 'release';
	const isKnown = profile === 'release' || profiles.includes(profile);
	const flags = compilerFlags(recipe.env.RUSTFLAGS ?? '');
	const features = [...new Set([...asked.filter((one) => !isOpen(one)), ...every])].sort();
	const noDefaultFeatures = options.has('no-default-features');
	const rustflags = flags.filter((flag) => flag.startsWith('--cfg ') && !isOpen(flag)).flatMap((flag) => flag.split(' '));
	const others = flags.filter((flag) => (!flag.startsWith('--cfg ') || isOpen(flag)) && !OUR_OWN_FLAG.test(flag));
	return {
		features,
		noDefaultFeatures,
		profile: isKnown ? profile : 'release',
		rustflags,
		taken: [features, noDefaultFeatures, isKnown ? profile : 'release', rustflags],
		warnings: [
			...asked.filter(isOpen).map((one) => leftOpen(recipe, `--features ${one}`, 'set rust: {features: [...]} for it')),
			...(isKnown ? [] : [leftOut(recipe, `--profile ${profile}, which no Cargo.toml defines`)]),
			...others.map((flag) => leftOut(recipe, `RUSTFLAGS ${flag}`, 'set build.rustflags in .cargo/config.toml for it')),
		],
	};
}

/** One flag with its value each. */
function compilerFlags(text: string): readonly string[] {
	const words = text
		.trim()
		.split(/\s+/)
		.filter((word) => word !== '');
	const out: string[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at] ?? '';
		const [, name, value] = /^(--cfg|-C|-Z|-l|-L)=?(\S+)?$/.exec(word) ?? [];
		out.push(name === undefined ? word : `${name} ${value ?? words[++at] ?? ''}`);
	}
	return out;
}

function asWords({ features, noDefaultFeatures, profile, rustflags }: Pick<Parts, 'features' | 'noDefaultFeatures' | 'profile' | 'rustflags'>): string {
	return [
		...(features.length > 0 ? [`--features ${features.join(',')}`] : []),
		...(noDefaultFeatures ? ['--no-default-features'] : []),
		...(profile === 'release' ? [] : [`--profile ${profile}`]),
		...(rustflags.length > 0 ? [rustflags.join(' ')] : []),
	].join(' ');
}

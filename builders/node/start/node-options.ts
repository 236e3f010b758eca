/** How Node reads its command line (https://nodejs.org/api/cli.html): its options, the file, and the app's own arguments. */
import { type Option, readOptions } from './options.js';

/**
 * Options whose value may be the next word, of Node 20 to 26. Node prints them as `--name=...` in its help; a test compares.
 * Options of V8 (`--max-old-space-size`) have their value behind `=` only.
 */
const TAKES_VALUE = new Set(
	`-C --conditions -e --eval -r --require -p --print -pe --import --loader --experimental-loader --env-file --env-file-if-exists --title --run --input-type
	--allow-fs-read --allow-fs-write --bench-isolation --bench-name-pattern --bench-reporter --bench-reporter-destination --bench-samples --bench-warmup
	--build-sea --build-snapshot-config --config-file --cpu-prof-dir --cpu-prof-interval --cpu-prof-name --debug-port --diagnostic-dir --disable-proto
	--disable-warning --dns-result-order --experimental-config-file --experimental-default-type --experimental-package-map --experimental-policy
	--experimental-sea-config --experimental-test-isolation --experimental-test-tag-filter --heap-prof-dir --heap-prof-interval --heap-prof-name
	--heapsnapshot-near-heap-limit --heapsnapshot-signal --icu-data-dir --inspect-port --inspect-publish-uid --localstorage-file --max-http-header-size
	--max-old-space-size-percentage --network-family-autoselection-attempt-timeout --openssl-config --policy-integrity --process-timeout
	--redirect-warnings --report-dir --report-directory --report-filename --report-signal --secure-heap --secure-heap-min --snapshot-blob
	--test-concurrency --test-coverage-branches --test-coverage-exclude --test-coverage-functions --test-coverage-include --test-coverage-lines
	--test-global-setup --test-isolation --test-name-pattern --test-random-seed --test-reporter --test-reporter-destination --test-rerun-failures
	--test-shard --test-skip-pattern --test-timeout --tls-cipher-list --tls-keylog --trace-event-categories --trace-event-file-pattern
	--trace-require-module --unhandled-rejections --use-largepages --v8-pool-size --vfs-load --watch-kill-signal --watch-path`.split(/\s+/),
);

/** Node reads `_` in names of options as `-`. */
export function nodeTakesValue(name: string): boolean {
	return TAKES_VALUE.has(name.startsWith('--') ? `--${name.slice(2).replaceAll('_', '-')}` : name);
}

export interface NodeCommand {
	readonly options: readonly Option[];
	/** Undefined where Node runs no file: text on the command line, a script of package.json, tests. */
	readonly file?: string;
	/** Words behind the file: the app's own. */
	readonly args: readonly string[];
	/** `--` stands before the file. */
	readonly ended: boolean;
}

const NO_FILE = new Set(['-e', '--eval', '-p', '--print', '-pe', '--run', '--test', '-i', '--interactive', '-v', '--version', '-h', '--help']);

/** @param words behind `node` */
export function readNode(words: readonly string[]): NodeCommand {
	const { options, rest, ended } = readOptions(words, nodeTakesValue);
	const [file, ...args] = rest;
	if (file === undefined || options.some(({ name }) => NO_FILE.has(name))) return { options, args: rest, ended };
	return { options, file, args, ended };
}

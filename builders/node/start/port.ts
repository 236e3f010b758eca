/** Does the app listen on $PORT? */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { scanFirst } from '../../../src/source/scan.js';
import type { Start } from './choose.js';

const READS_PORT = /\b(?:process\.)?env(?:\.PORT\b|\[\s*['"]PORT['"]\s*\])|\{[^}]*\bPORT\b[^}]*\}\s*=\s*process\.env/;

/** The first place that reads the variable. */
export function findPortReader(source: FileIndex): Reason | undefined {
	const found = scanFirst(source, READS_PORT);
	return found === undefined ? undefined : { file: found.path, line: found.line, says: 'the app reads PORT' };
}

/** The servers that frameworks build, and their own `start` commands, read PORT. */
export function readsPortItself({ command, framework, adapter }: Start): Reason | undefined {
	const known = command.some((word) =>
		/^(?:\.output|build|dist)\/(?:server\/(?:index|entry)\.mjs|index\.js)$|node_modules\/(?:\.bin\/)?(?:next|fastify|fastify-cli|serve|@remix-run\/serve|@react-router\/serve|remix-serve|react-router-serve)\b/.test(
			word,
		),
	);
	return known || adapter !== undefined || framework === 'Next.js' || framework === 'AdonisJS' ? { says: 'the framework reads PORT' } : undefined;
}

export function namesPort({ command, reasons }: Start): Reason | undefined {
	return command.some((word) => /\$\{?PORT\b/.test(word)) ? { ...reasons[0], says: 'the start command names PORT' } : undefined;
}

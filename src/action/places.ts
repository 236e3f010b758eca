/** Where a file of the project lies in the repository, for annotations and links. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { SourceLocation } from '../errors.js';
import type { Properties } from '../ui/workflow-commands.js';
import type { Environment } from './inputs.js';

export interface Places {
	/** Properties of an annotation; none for what lies outside of the checkout. */
	annotate(at: SourceLocation): Properties;
	/** Address of the file in this commit; undefined where it cannot have one. */
	link(at: SourceLocation): string | undefined;
}

/** @param context folder of the build, relative to `cwd` or absolute */
export function places(env: Environment, context: string, cwd: string): Places {
	const root = env.GITHUB_WORKSPACE || cwd;
	const pathOf = (file: string): string | undefined => {
		const path = relative(root, resolve(cwd, context, file));
		return path === '' || path.startsWith('..') || isAbsolute(path) ? undefined : path.split(sep).join('/');
	};
	return {
		annotate({ file, line, column }) {
			const path = pathOf(file);
			return path === undefined ? {} : { file: path, line, col: column };
		},
		link({ file, line }) {
			const path = pathOf(file);
			const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: sha } = env;
			if (path === undefined || !server || !repository || !sha) return undefined;
			return `${server}/${repository}/blob/${sha}/${path.split('/').map(encodeURIComponent).join('/')}${line === undefined ? '' : `#L${line}`}`;
		},
	};
}

/** Folders above a path: `a/b/c` has `a` and `a/b`. */
export function ancestors(path: string): readonly string[] {
	const parts = path.split('/');
	return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
}

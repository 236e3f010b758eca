/** The commands of documentation pages: lines of code blocks that start with one of ours. */
import { readFileSync } from 'node:fs';

/** Lines of indented and fenced blocks that call `tare`, without comments. */
export function shellLines(page: string): readonly string[] {
	const lines = readFileSync(page, 'utf8').split('\n');
	let fenced = false;
	return lines.flatMap((line) => {
		if (/^\s*```/.test(line)) {
			fenced = !fenced;
			return [];
		}
		const code = fenced || line.startsWith('    ') ? line.trim().replace(/^\$ /, '') : '';
		return /(?:^|&& |[A-Z_]+=\S+ |\| )(?:npx )?tare /.test(code) ? [code.replace(/\s+#\s.*$/, '').replace(/\s{3,}\S.*$/, '')] : [];
	});
}

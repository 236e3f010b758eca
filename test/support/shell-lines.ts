/** The commands of documentation pages: lines of code blocks that call ours. */
import { readFileSync } from 'node:fs';

const CALLS = /(?:^|&& |\| |\$\(|[A-Z_]+=\S+ )(?:npx )?tare [a-z]/;

/** Lines of indented and fenced blocks, continued ones joined, without comments and what YAML puts in front. */
export function shellLines(page: string): readonly string[] {
	const lines = readFileSync(page, 'utf8')
		.replaceAll(/ \\\n\s*/g, ' ')
		.split('\n');
	let fenced = false;
	return lines.flatMap((line) => {
		if (/^\s*```/.test(line)) {
			fenced = !fenced;
			return [];
		}
		const code = fenced || line.startsWith('    ') ? line.trim().replace(/^(?:\$|-(?: run:)?) /, '') : '';
		return CALLS.test(code) ? [code.replace(/\s+#\s.*$/, '').replace(/\s{3,}\S.*$/, '')] : [];
	});
}

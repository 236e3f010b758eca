/** --offline holds for go and cargo, too: what is not in their caches is named, and nothing is fetched. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tare } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

const GO: Files = {
	'go.mod': 'module example.com/x\n\ngo 1.21\n\nrequire rsc.io/quote v1.5.2\n',
	'main.go': 'package main\n\nimport "rsc.io/quote"\n\nfunc main() { println(quote.Hello()) }\n',
};
const RUST: Files = {
	'Cargo.toml': '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nitoa = "1"\n',
	'src/main.rs': 'fn main() {}\n',
};

for (const [tool, files, caches] of [
	['go', GO, ['GOMODCACHE']],
	['cargo', RUST, ['CARGO_HOME']],
] as const)
	test(`${tool}: offline`, (t) => {
		if (!hasTools(t, tool)) return;
		const env = Object.fromEntries(caches.map((name) => [name, folder(t)]));
		const { status, stderr } = tare(['build', folder(t, files), '--offline', '--base', 'scratch'], { env });
		assert.match(stderr, /OFFLINE: .* not in (?:go|cargo)'s cache/);
		assert.notEqual(status, 0);
	});

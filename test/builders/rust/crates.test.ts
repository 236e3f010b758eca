/** The crates of an image, as cargo prints them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTree } from '../../../builders/rust/crates.js';

test('crates once each, with their place where it is not the registry; none of the project', () => {
	const text =
		'app v0.1.0 (/tmp/x/app)\nserde v1.0.228\nitoa v1.0.15 (*)\nserde v1.0.228 (*)\nring v0.17.8+x\nfork v0.2.0 (https://example.org/fork?rev=1#abc123)\n\n';
	assert.deepEqual(
		parseTree(text).map(({ purl }) => purl),
		[
			'pkg:cargo/fork@0.2.0?vcs_url=git%2Bhttps%3A%2F%2Fexample.org%2Ffork%3Frev%3D1%40abc123',
			'pkg:cargo/itoa@1.0.15',
			'pkg:cargo/ring@0.17.8%2Bx',
			'pkg:cargo/serde@1.0.228',
		],
	);
});

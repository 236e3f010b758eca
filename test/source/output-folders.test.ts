/** What build tools have made before is no source, where the file beside it says whose it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { index } from '../support/files.js';

test('target beside pom.xml and build beside build.gradle are left out, others stay', (t) => {
	const files = {
		'pom.xml': '',
		'target/a.jar': '',
		'web/build.gradle.kts': '',
		'web/build/x': '',
		'web/.gradle/y': '',
		'site/build/index.html': '',
		'site/target/b': '',
	};
	assert.deepEqual(
		index(t, files).files.map(({ path }) => path),
		['pom.xml', 'site/build/index.html', 'site/target/b', 'web/build.gradle.kts'],
	);
});

/** When the client of a database is generated. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifest } from '../../../builders/node/manifest.js';
import { needsPrismaGenerate } from '../../../builders/node/prisma.js';
import { readFileIndex } from '../../../src/source/file-index.js';
import { ignoreRules } from '../../../src/source/ignore.js';
import { folder, writeFiles } from '../../support/files.js';

test('prisma generate runs where a schema and both packages are, and no script runs it', (t) => {
	const needs = (scripts: Record<string, string>, schema = 'prisma/schema.prisma'): boolean => {
		const dir = folder(t);
		writeFiles(dir, {
			'package.json': JSON.stringify({ scripts, dependencies: { '@prisma/client': '6' }, devDependencies: { prisma: '6' } }),
			[schema]: '',
		});
		const source = readFileIndex(dir, ignoreRules([]));
		return needsPrismaGenerate(source, readManifest(source), undefined, Object.values(scripts)) !== undefined;
	};
	assert.equal(needs({ start: 'node server.js' }), true);
	assert.equal(needs({ postinstall: 'npx prisma generate' }), false);
	assert.equal(needs({}, 'other/schema.prisma'), false);
});

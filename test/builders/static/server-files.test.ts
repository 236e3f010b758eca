/** Web servers' own configuration says where the pages are; its other rules are named as left out. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { detectStatic, type StaticFacts } from '../../../builders/static/detect.js';
import { planStatic } from '../../../builders/static/plan.js';
import { index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

function planned(t: TestContext, files: Record<string, string>) {
	const source = index(t, files);
	const facts = detectStatic(source)?.facts as unknown as StaticFacts | undefined;
	const warnings = facts === undefined ? [] : planStatic(facts, { ...REQUEST, source }).warnings;
	return { root: facts?.root, singlePage: facts?.singlePage, warnings: warnings.map(({ file, line }) => `${file}:${line}`) };
}

test('httpd.conf: DocumentRoot, the usual folder, the fallback; rules are left out', (t) => {
	const pages = { 'htdocs/index.html': 'a', 'web/pages/index.html': 'b' };
	assert.deepEqual(planned(t, { ...pages, 'httpd.conf': 'Listen ${PORT}\nDocumentRoot "${SRVROOT}/web/pages"\n' }), {
		root: 'web/pages',
		singlePage: false,
		warnings: [],
	});
	const rules = 'Listen 80\n<Directory />\nRequire all granted\n</Directory>\nFallbackResource /index.html\nRewriteRule ^/a /b\n';
	assert.deepEqual(planned(t, { ...pages, 'httpd.conf': rules }), { root: 'htdocs', singlePage: true, warnings: ['httpd.conf:6'] });
});

test('nginx.conf: root and try_files', (t) => {
	const text = 'server {\n\tlisten 80;\n\troot /usr/share/nginx/html;\n\tlocation / { try_files $uri /index.html; }\n\tadd_header X-A 1;\n}\n';
	assert.deepEqual(planned(t, { 'html/index.html': 'a', 'nginx.conf': text }), { root: 'html', singlePage: true, warnings: ['nginx.conf:5'] });
});

test('a Staticfile comes first, and a configuration of a folder that is not there says nothing', (t) => {
	const both = { Staticfile: 'root: site\n', 'site/index.html': 'a', 'htdocs/index.html': 'b', 'httpd.conf': 'DocumentRoot htdocs\n' };
	assert.equal(planned(t, both).root, 'site');
	assert.deepEqual(planned(t, { 'index.html': 'a', 'httpd.conf': 'DocumentRoot /srv\n' }), { root: '', singlePage: false, warnings: [] });
});

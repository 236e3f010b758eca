/** Tags, -X values and experiments that the project's own build commands have. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planGo } from '../../../builders/go/plan.js';
import { index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const APP = {
	'go.mod': 'module example.com/kiosk\n\ngo 1.24\n',
	'cmd/kiosk/main.go': 'package main\n\nfunc main() {}\n',
	'cmd/tool/main.go': 'package main\n\nfunc main() {}\n',
};

function plan(t: TestContext, files: Record<string, string>, settings: Record<string, unknown> = {}) {
	const { steps, reasons, warnings } = planGo({ ...REQUEST, main: './cmd/kiosk', source: index(t, { ...APP, ...files }), settings });
	const [step] = steps;
	return {
		tags: step?.command.find((word) => word.startsWith('-tags')),
		links: [...(step?.command.find((word) => word.startsWith('-ldflags'))?.matchAll(/'-X=[^']*'|-X=\S+/g) ?? [])].map(([flag]) => flag),
		experiment: step?.env?.GOEXPERIMENT,
		reasons: reasons.filter(({ says }) => says.startsWith('compiled as there')).map(({ file, line, says }) => `${file}:${line} ${says}`),
		warnings: warnings.filter(({ says }) => says.startsWith('left out')).map(({ file, line, says }) => `${file}:${line} ${says}`),
	};
}

test('the Dockerfile says tags, values and experiments: the program is compiled with them', (t) => {
	const Dockerfile =
		'FROM golang\nARG VERSION=2.3.1\nENV GOEXPERIMENT=jsonv2\nRUN go build -tags "embed,sqlite" -ldflags="-s -w -X main.version=$VERSION -X \'main.name=The kiosk\'" -o /k ./cmd/kiosk\n';
	assert.deepEqual(plan(t, { Dockerfile }), {
		tags: '-tags=embed,sqlite',
		links: ['-X=main.version=2.3.1', "'-X=main.name=The kiosk'"],
		experiment: 'jsonv2',
		reasons: ['Dockerfile:4 compiled as there: -tags embed, -tags sqlite, -X main.version=2.3.1, -X main.name=The kiosk, GOEXPERIMENT=jsonv2'],
		warnings: [],
	});
});

test('a Makefile, a script and CI are read as well; what makes the image comes first', (t) => {
	const Makefile = 'TAGS = web\nbuild:\n\tcd cmd/kiosk && go build -tags=$(TAGS) .\n';
	assert.equal(plan(t, { Makefile }).tags, '-tags=web');
	assert.equal(plan(t, { 'build.sh': '#!/bin/sh\nexport GOFLAGS=-tags=shell\ngo install ./...\n' }).tags, '-tags=shell');
	assert.equal(
		plan(t, { '.github/workflows/x.yml': 'jobs:\n  a:\n    steps:\n      - run: go build -tags ci example.com/kiosk/cmd/kiosk\n' }).tags,
		'-tags=ci',
	);
	assert.equal(plan(t, { Makefile, Dockerfile: 'FROM golang\nRUN go build -tags image ./cmd/kiosk' }).tags, '-tags=image');
});

test("GoReleaser's builds are read as the commands that they run", (t) => {
	const text =
		'builds:\n  - main: ./cmd/kiosk\n    env: [CGO_ENABLED=0, GOEXPERIMENT=jsonv2]\n    tags: [embed]\n    ldflags:\n      - -s -w -X main.mode=live\n      - -X main.version={{.Version}}\n  - id: tool\n    main: ./cmd/tool\n    tags: [other]\n';
	const found = plan(t, { '.goreleaser.yaml': text });
	assert.deepEqual([found.tags, found.links, found.experiment], ['-tags=embed', ['-X=main.mode=live'], 'jsonv2']);
	assert.deepEqual(found.warnings, [
		'.goreleaser.yaml:6 left out: -X main.version={{.Version}}, whose value is only known when the command runs; set go: {ldflags: [...]} for it',
	]);
});

test('a value that is only known when the command runs is left out, with file and line', (t) => {
	const Makefile =
		'COMMIT := $(shell git rev-parse HEAD)\n\nall:\n\tgo build -gcflags=all=-l -ldflags "-X main.commit=$(COMMIT) -extldflags -static" ./cmd/...\n';
	assert.deepEqual(plan(t, { Makefile }).warnings, [
		'Makefile:4 left out: -X main.commit=$(shell git rev-parse HEAD), whose value is only known when the command runs; set go: {ldflags: [...]} for it',
		'Makefile:4 left out: -gcflags=all=-l; set go: {flags: [...]} for it',
	]);
});

test('commands that differ are not guessed between', (t) => {
	const found = plan(t, { Makefile: 'a:\n\tgo build -tags x ./cmd/kiosk\nb:\n\tgo build -tags y ./cmd/kiosk\n' });
	assert.equal(found.tags, undefined);
	assert.match(found.warnings.join(), /left out: -tags, which differ/);
});

test("other programs', other systems' and developers' commands say nothing of this program", (t) => {
	for (const line of [
		'go build -tags x ./cmd/tool',
		'GOOS=windows go build -tags x ./cmd/kiosk',
		'go build -race -tags x ./cmd/kiosk',
		'go test -tags x ./...',
	])
		assert.deepEqual(plan(t, { Makefile: `all:\n\t${line}\n` }), { tags: undefined, links: [], experiment: undefined, reasons: [], warnings: [] }, line);
	assert.equal(plan(t, { Makefile: 'build-debug:\n\tgo build -tags x ./cmd/kiosk\n' }).tags, undefined);
});

test("tare.yaml comes before the project's commands", (t) => {
	const Dockerfile = 'FROM golang\nRUN GOEXPERIMENT=a go build -tags x -ldflags "-X main.v=1 -X main.w=$(date)" ./cmd/kiosk\n';
	const asked = { tags: ['own'], ldflags: ['-X main.v=2'], experiment: ['b'] };
	assert.deepEqual(plan(t, { Dockerfile }, asked), { tags: '-tags=own', links: [], experiment: 'b', reasons: [], warnings: [] });
});

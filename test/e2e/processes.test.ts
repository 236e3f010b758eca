/** Several programs in one image: the same layers whichever is started; variables in their commands are filled in without a shell. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot, filesOf } from '../support/boot.js';
import { built } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { canBoot, hasTools } from '../support/tools.js';

const GO_SERVER = `package main

import (
	"flag"
	"fmt"
	"net/http"
)

func main() {
	addr := flag.String("addr", "", "")
	flag.Parse()
	http.ListenAndServe(*addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "on "+*addr) }))
}
`;
const RUST_SERVER = `use std::io::{Read, Write};

fn main() {
    let addr = std::env::args().nth(1).unwrap();
    for stream in std::net::TcpListener::bind(&addr).unwrap().incoming() {
        let mut stream = stream.unwrap();
        let _ = stream.read(&mut [0; 1024]);
        let _ = write!(stream, "HTTP/1.1 200 OK\\r\\ncontent-length: {}\\r\\n\\r\\non {}", addr.len() + 3, addr);
    }
}
`;

interface Project {
	readonly tool: string;
	readonly files: Files;
	readonly programs: readonly string[];
}

const PROJECTS: Readonly<Record<string, Project>> = {
	go: {
		tool: 'go',
		files: {
			'go.mod': 'module example.com/x\n\ngo 1.21\n',
			'cmd/web/main.go': GO_SERVER,
			'cmd/worker/main.go': 'package main\n\nfunc main() {}\n',
			Procfile: 'web: bin/web -addr :$PORT\nworker: bin/worker --all\n',
		},
		programs: ['app/web', 'app/worker'],
	},
	rust: {
		tool: 'cargo',
		files: {
			'Cargo.toml': '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n',
			'Cargo.lock': 'version = 3\n\n[[package]]\nname = "x"\nversion = "0.1.0"\n',
			'src/bin/web.rs': RUST_SERVER,
			'src/bin/worker.rs': 'fn main() {}\n',
			Procfile: 'web: web 0.0.0.0:${PORT}\nworker: worker --all\n',
		},
		programs: ['app/web', 'app/worker'],
	},
};

async function check(t: TestContext, { tool, files, programs }: Project): Promise<void> {
	if (!canBoot(t) || !hasTools(t, tool)) return;
	const [dir, out] = [folder(t, files), join(folder(t), 'oci')];
	const layers = (args: readonly string[]) =>
		JSON.parse(built(['build', dir, '--json', ...args]).stdout).images[0].layers.map(({ digest }: { digest: string }) => digest);
	const web = layers(['-o', `oci:${out}`]);
	assert.deepEqual(layers(['--process', 'worker']), web);
	const there = filesOf(`${out}:latest`);
	for (const program of programs) assert.ok(there.includes(program), program);
	const app = await boot({ image: `${out}:latest` });
	assert.match((await app.get('/')).body, new RegExp(`^on .*:${app.port}$`));
	await app.stop();
}

for (const [name, project] of Object.entries(PROJECTS)) test(`${name}: one image for the processes of a Procfile`, (t) => check(t, project));

test('go: programs of two modules of a workspace in one image', (t) => {
	if (!hasTools(t, 'go', 'umoci')) return;
	const dir = folder(t, {
		'go.work': 'go 1.21\n\nuse (\n\t./a\n\t./b\n)\n',
		'a/go.mod': 'module example.com/a\n\ngo 1.21\n',
		'a/main.go': 'package main\n\nfunc main() {}\n',
		'b/go.mod': 'module example.com/b/v2\n\ngo 1.21\n',
		'b/main.go': 'package main\n\nfunc main() {}\n',
	});
	const out = join(folder(t), 'oci');
	built(['build', dir, '--main', './a', '--main', './b', '-o', `oci:${out}`]);
	for (const program of ['app/a', 'app/b']) assert.ok(filesOf(`${out}:latest`).includes(program), program);
});

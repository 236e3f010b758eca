/** Compiled programs find at run time what they look for: where they were compiled, above their folder, and where they write. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot } from '../support/boot.js';
import { built, digestOf } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { canBoot, hasTools } from '../support/tools.js';

/** Built in two folders to one digest, and booted. */
async function answers(t: TestContext, files: Files, app: string, expected: Readonly<Record<string, string>>): Promise<string> {
	const [root, out] = [folder(t, files), join(folder(t), 'oci')];
	const run = built(['build', join(root, app), '-o', `oci:${out}`]);
	const elsewhere = join(folder(t), 'other');
	cpSync(root, elsewhere, { recursive: true });
	assert.equal(digestOf(built(['build', join(elsewhere, app), '--fresh'])), digestOf(run), 'in another folder');
	const booted = await boot({ image: `${out}:latest` });
	try {
		for (const [path, body] of Object.entries(expected)) assert.equal((await booted.get(path)).body, body, path);
	} finally {
		await booted.stop();
	}
	return run.stderr;
}

const GO_MAIN = `package main

import (
	"fmt"
	"net/http"
	"os"

	"example.com/menu/internal/pages"
	"example.com/words"
)

var version = "dev"

func main() {
	if err := os.MkdirAll("data", 0o755); err != nil {
		panic(err)
	}
	http.HandleFunc("/version", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, version, extra) })
	http.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, pages.Read()) })
	http.HandleFunc("/words", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, words.Hello) })
	http.HandleFunc("/write", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, os.WriteFile("data/a.txt", []byte("a"), 0o644)) })
	panic(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
`;
const GO_PAGES = `package pages

import (
	"os"
	"path/filepath"
	"runtime"
)

func Read() string {
	_, file, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "page.txt"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}
`;

test('Go: a module outside of the folder, flags of the Dockerfile, a file next to its source, a folder that is written to', async (t) => {
	if (!canBoot(t) || !hasTools(t, 'go')) return;
	const files = {
		'.git/HEAD': 'ref: refs/heads/main\n',
		'menu/go.mod': 'module example.com/menu\n\ngo 1.21\n\nrequire example.com/words v0.0.0\n\nreplace example.com/words => ../words\n',
		'menu/main.go': GO_MAIN,
		'menu/plain.go': '//go:build !rich\n\npackage main\n\nconst extra = ""\n',
		'menu/rich.go': '//go:build rich\n\npackage main\n\nconst extra = " rich"\n',
		'menu/internal/pages/pages.go': GO_PAGES,
		'menu/internal/pages/page.txt': 'the page',
		'menu/Dockerfile': 'FROM golang\nRUN go build -tags rich -ldflags "-X main.version=1.2" .\n',
		'words/go.mod': 'module example.com/words\n\ngo 1.21\n',
		'words/words.go': 'package words\n\nconst Hello = "hello"\n',
	};
	await answers(t, files, 'menu', { '/version': '1.2 rich', '/page': 'the page', '/words': 'hello', '/write': '<nil>' });
});

const RUST_MAIN = `use std::io::{Read, Write};

fn main() {
    std::fs::create_dir_all("data").unwrap();
    let pages = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let port = std::env::var("PORT").unwrap_or("8080".into());
    for stream in std::net::TcpListener::bind(format!("0.0.0.0:{port}")).unwrap().incoming() {
        let mut stream = stream.unwrap();
        let mut buffer = [0u8; 2048];
        let n = stream.read(&mut buffer).unwrap_or(0);
        let request = String::from_utf8_lossy(&buffer[..n]).to_string();
        let body = match request.split(' ').nth(1).unwrap_or("/") {
            "/page" => std::fs::read_to_string(pages.join("page.txt")).unwrap_or_else(|e| e.to_string()),
            "/up" => std::fs::read_to_string("../shared/words.txt").unwrap_or_else(|e| e.to_string()),
            "/write" => format!("{:?}", std::fs::write("data/a.txt", "a")),
            _ => web::NAME.to_string(),
        };
        let _ = write!(stream, "HTTP/1.1 200 OK\\r\\nContent-Length: {}\\r\\nConnection: close\\r\\n\\r\\n{body}", body.len());
    }
}
`;

test('Rust: a member with required features, a file of its package, one above its folder, a folder that is written to', async (t) => {
	if (!canBoot(t) || !hasTools(t, 'cargo')) return;
	const files = {
		'Cargo.toml': '[workspace]\nmembers = ["web"]\nresolver = "2"\n',
		'Cargo.lock': 'version = 3\n\n[[package]]\nname = "web"\nversion = "0.1.0"\n',
		'web/Cargo.toml':
			'[package]\nname = "web"\nversion = "0.1.0"\nedition = "2021"\n[features]\nserver = []\n[[bin]]\nname = "web-server"\npath = "server/main.rs"\nrequired-features = ["server"]\n',
		'web/src/lib.rs': '#[cfg(feature = "server")]\npub const NAME: &str = "server";\n',
		'web/server/main.rs': RUST_MAIN,
		'web/pages/page.txt': 'the page',
		'shared/words.txt': 'words',
	};
	await answers(t, files, 'web', { '/': 'server', '/page': 'the page', '/up': 'words', '/write': 'Ok(())' });
});

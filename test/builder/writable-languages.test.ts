/** Where Go, Rust and Deno programs write: calls with literal paths, names, defaults of variables. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planDeno } from '../../builders/deno/plan.js';
import { planGo } from '../../builders/go/plan.js';
import { planRust } from '../../builders/rust/plan.js';
import type { BuildPlan } from '../../src/builder/contract.js';
import { index } from '../support/files.js';
import { REQUEST } from '../support/request.js';

type Plan = (t: TestContext, code: string) => BuildPlan;

const LANGUAGES: Readonly<Record<string, { readonly plan: Plan; readonly cases: readonly (readonly [code: string, ...paths: string[]])[] }>> = {
	go: {
		plan: (t, code) =>
			planGo({ ...REQUEST, source: index(t, { 'go.mod': 'module example.com/a\n\ngo 1.24\n', 'main.go': `package main\n\nfunc main() {\n${code}\n}\n` }) }),
		cases: [
			['os.MkdirAll("uploads", 0o755)', '/app/uploads'],
			['dir := os.Getenv("DATA_DIR")\nif dir == "" {\n\tdir = "data"\n}\nos.Mkdir(dir, 0o755)', '/app/data'],
			['os.WriteFile(filepath.Join("cache", name), b, 0o644)', '/app/cache'],
			['f, err := os.OpenFile("log/app.log", os.O_CREATE|os.O_APPEND, 0o644)', '/app/log'],
			['f, err := os.OpenFile("in/app.txt", os.O_RDONLY, 0)'],
			['db, err := sql.Open("sqlite3", "file:./state/app.db?cache=shared")', '/app/state'],
			['db, err := gorm.Open(sqlite.Open("/var/lib/app/app.db"), cfg)', '/var/lib/app'],
			['db, err := sql.Open("sqlite", ":memory:")'],
			['f := fmt.Sprintf("out/%s.txt", id)\nos.Create(f)', '/app/out'],
			['os.MkdirAll(getEnv("DATA", "store/files"), 0o755)', '/app/store/files'],
			['os.MkdirAll(os.TempDir(), 0o755)'],
		],
	},
	rust: {
		plan: (t, code) =>
			planRust({ ...REQUEST, source: index(t, { 'Cargo.toml': '[package]\nname = "a"\n', 'Cargo.lock': '', 'src/main.rs': `fn main() {\n${code}\n}\n` }) }),
		cases: [
			['std::fs::create_dir_all("uploads").unwrap();', '/app/uploads'],
			['let dir = env::var("DATA").unwrap_or("data".into());\nfs::create_dir(&dir)?;', '/app/data'],
			['let dir = std::env::var("DATA").unwrap_or_else(|_| "store".to_string());\nfs::create_dir_all(dir)?;', '/app/store'],
			['fs::write(format!("out/{id}.txt"), text)?;', '/app/out'],
			['let base = PathBuf::from("cache");\nFile::create(base.join("x.bin"))?;', '/app/cache'],
			['OpenOptions::new().append(true).create(true).open("log/app.log")?;', '/app/log'],
			['OpenOptions::new().read(true).open("in/app.txt")?;'],
			['let db = Connection::open("state/app.db")?;', '/app/state'],
			['let pool = SqlitePoolOptions::new().max_connections(5).connect("sqlite://db/app.db?mode=rwc").await?;', '/app/db'],
			['SqlitePool::connect("sqlite::memory:").await?;'],
		],
	},
	deno: {
		plan: (t, code) => planDeno({ ...REQUEST, source: index(t, { 'deno.json': {}, 'main.ts': `${code}\n` }) }),
		cases: [
			['await Deno.mkdir("./uploads", { recursive: true });', '/app/uploads'],
			['const dir = Deno.env.get("DATA") ?? "data";\nDeno.mkdirSync(dir);', '/app/data'],
			['await Deno.writeTextFile(`out/${id}.json`, text);', '/app/out'],
			['await Deno.open("log/app.log", { append: true });', '/app/log'],
			['await Deno.open("in/app.txt", { read: true });'],
			['const kv = await Deno.openKv("state/kv.db");', '/app/state'],
			['const db = new Database("db/app.sqlite");', '/app/db'],
			['import { mkdirSync } from "node:fs";\nmkdirSync("cache");', '/app/cache'],
		],
	},
};

for (const [language, { plan, cases }] of Object.entries(LANGUAGES))
	for (const [code, ...paths] of cases)
		test(`${language}: ${code.replaceAll('\n', ' ')}`, (t) => {
			const { writable = [] } = plan(t, code);
			assert.deepEqual(
				writable.map(({ path, link }) => link ?? path),
				paths,
			);
			for (const { reason } of writable) assert.ok((reason.line ?? 0) > 0 && reason.file !== undefined);
		});

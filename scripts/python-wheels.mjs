/**
 * Writes builders/python/wheels-since.ts: the first release of each compiled package that installs on CPython 3.13 from a wheel, as the
 * user's package index has them. Needs uv on PATH, or UV=path.
 *
 *   node scripts/python-wheels.mjs [NAME...]      prints; without names the table is written
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Compiled packages that web apps pin. Released before Python 3.13 (October 2024) and still found in old requirements. */
const NAMES = `aiohttp argon2-cffi-bindings asyncpg bcrypt bitarray blosc brotli catboost cffi charset-normalizer confluent-kafka contourpy coverage
cryptography cython debugpy duckdb eventlet faiss-cpu fonttools frozenlist gevent greenlet grpcio grpcio-tools h5py hiredis httptools ijson jiter
kiwisolver lightgbm llvmlite lxml markupsafe matplotlib msgpack multidict mysqlclient mypy numba numexpr numpy onnxruntime opencv-python
opencv-python-headless orjson pandas peewee pillow polars propcache protobuf psutil psycopg-binary psycopg2-binary pyarrow pycairo pycryptodome
pydantic pydantic-core pymongo pymupdf pymssql pynacl pyodbc pyproj pyyaml pyzmq rapidfuzz regex rpds-py safetensors scikit-image scikit-learn scipy
sentencepiece shapely simplejson spacy sqlalchemy statsmodels tensorflow tiktoken tokenizers torch torchvision tornado ujson uvloop watchfiles
websockets wrapt xgboost yarl zope-interface zstandard`
	.split(/\s+/)
	.filter((name) => name !== '');

/** Before the first beta of Python 3.13, after which packages began to bring wheels for it. */
const BEFORE = '2024-05-01';
const AT_ONCE = 4;
/** Not compiled, but bound to one release of what is. */
const WHOLE = new Set(['pydantic']);
const FILE = fileURLToPath(new URL('../builders/python/wheels-since.ts', import.meta.url));

async function version(requirement, python, ...more) {
	const target = ['--python-version', python, '--python-platform', 'x86_64-manylinux_2_40', '--only-binary', ':all:'];
	const alone = WHOLE.has(requirement.replace(/[=>].*$/, '')) ? [] : ['--no-deps'];
	const argv = ['pip', 'compile', '-', '--quiet', ...alone, '--no-header', '--no-annotate', ...target, ...more];
	const child = spawn(process.env.UV ?? 'uv', argv, { stdio: ['pipe', 'pipe', 'ignore'] });
	child.stdin.end(`${requirement}\n`);
	let out = '';
	for await (const chunk of child.stdout) out += chunk;
	return out
		.split('\n')
		.find((line) => line.startsWith(`${requirement.replace(/[=>].*$/, '')}==`))
		?.split('==')[1];
}

/** Undefined when what was there before 3.13 installs on it: not compiled, or for the stable interface. */
async function first(name) {
	const old = await version(name, '3.11', '--exclude-newer', BEFORE);
	if (old === undefined || (await version(`${name}==${old}`, '3.13')) !== undefined) return undefined;
	return version(`${name}>${old}`, '3.13', '--resolution', 'lowest');
}

async function all(names) {
	const found = new Map();
	const queue = [...names];
	const work = async () => {
		for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
			found.set(name, await first(name));
			console.error(`${name} ${found.get(name) ?? '-'}`);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	return [...found].filter(([, since]) => since !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
}

const asked = process.argv.slice(2);
const rows = await all(asked.length > 0 ? asked : NAMES);
const lines = rows.map(([name, since]) => `\t${/^[a-z]\w*$/.test(name) ? name : `'${name}'`}: '${since}',\n`);
if (asked.length > 0) console.log(lines.join(''));
else
	writeFileSync(
		FILE,
		`/**
 * The first releases with wheels for CPython 3.13 of packages that are compiled: older pins install on 3.11 and not on 3.13.
 * Made by scripts/python-wheels.mjs from the package index on ${new Date().toISOString().slice(0, 10)}; lock files that name their wheels need no table.
 */
export const FIRST_FOR_313: Readonly<Record<string, string>> = {
${lines.join('')}};
`,
	);

// @ts-check
/** A builder for programs in C: every *.c file of the folder becomes one program on the base with the C library. */

/** @param {import('tare').BuilderKit} tare @returns {import('tare').Builder} */
export default ({ TareError, imagePath, readStartCommand }) => ({
	id: 'c',
	looksFor: 'main.c',

	detect: async (source) =>
		source.has('main.c') ? { builder: 'c', reasons: [{ file: 'main.c', says: 'a program in C' }], facts: {} } : undefined,

	plan: async (_detection, request) => {
		const files = request.source.files.map(({ path }) => path).filter((path) => path.endsWith('.c'));
		const flags = /** @type {string[]} */ (request.settings.flags ?? []);
		const start = readStartCommand(request, ['server']);
		const { base } = request;
		return {
			builder: 'c',
			steps: [{ id: 'compile', command: ['cc', '-O2', ...flags, '-o', 'server', ...files], env: {}, reasons: [{ says: 'every .c file' }] }],
			layers: [{ name: 'app', purpose: 'app', says: 'the program' }],
			base: base.kind === 'debian' ? { ...base, sets: ['static', 'cc', 'init'] } : base,
			processes: [{ type: 'web', command: ['/app/server', ...(start?.words.slice(1) ?? [])], reasons: [start?.reason ?? { says: 'the program' }] }],
			config: { WorkingDir: '/app', ExposedPorts: { '8080/tcp': {} } },
			reasons: [],
			warnings: [],
			tools: {},
			facts: {},
		};
	},

	// Another compiler may make another program: its replacement causes a rebuild.
	inputs: () => ({ hostTools: ['cc'] }),

	build: async ({ steps: [compile] }, platform, tools) => {
		if (platform.architecture !== tools.host.architecture)
			throw new TareError('WRONG_ARCHITECTURE', `cc compiles for ${tools.host.architecture} only`, { hint: 'Leave --platform out.' });
		const cwd = await tools.workspace();
		const { exitCode, tail } = await tools.run({ step: 'compile', argv: compile?.command ?? [], cwd });
		if (exitCode !== 0) throw new TareError('BUILD_FAILED', 'cc failed', { hint: 'The lines above are from cc.', data: { output: tail } });
		const { statSync } = await import('node:fs');
		const path = `${cwd}/server`;
		const program = { type: /** @type {const} */ ('file'), path: imagePath('app/server'), mode: 0o755, size: statSync(path).size };
		return {
			layers: [{ name: 'app', purpose: 'app', entries: async () => [{ ...program, content: { kind: 'disk', path } }] }],
			config: {},
			packages: [],
		};
	},
});

/** Stops children of a process for a moment, at random: the scheduling of a busy machine, and worse. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const [LONGEST_STALL_MS, LONGEST_PAUSE_MS] = [120, 60];

/** Numbers from 0 to 1, the same for one seed (mulberry32). */
export function randomFrom(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

/** @returns a function that ends it, with every child running again */
export function stallChildren(root, { random, except = new Set() }) {
	let on = true;
	const done = (async () => {
		while (on) {
			const children = descendants(root).filter((pid) => !except.has(pid));
			const chosen = children[Math.floor(random() * children.length)];
			if (chosen !== undefined && signal(chosen, 'SIGSTOP')) {
				await wait(random() * LONGEST_STALL_MS);
				signal(chosen, 'SIGCONT');
			}
			await wait(random() * LONGEST_PAUSE_MS);
		}
	})();
	return () => {
		on = false;
		return done;
	};
}

function signal(pid, name) {
	try {
		return process.kill(pid, name);
	} catch {
		return false;
	}
}

/** By the parents that proc(5) names: field 4 of stat. */
function descendants(root) {
	const parents = new Map();
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		try {
			const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
			parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
		} catch {
			// It has ended.
		}
	}
	const below = (pid) => {
		for (let at = parents.get(pid), steps = 0; at && steps < 64; at = parents.get(at), steps++) if (at === root) return true;
		return false;
	};
	return [...parents.keys()].filter(below);
}

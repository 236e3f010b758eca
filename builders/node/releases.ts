/** Node's release lines, as of November 2026: https://github.com/nodejs/Release#release-schedule */

/** The line used when nothing asks for another: the newest that has been long-term supported for a year. */
export const DEFAULT_MAJOR = 24;

/** Long-term support lines by code name. */
export const LTS: Readonly<Record<string, number>> = {
	argon: 4,
	boron: 6,
	carbon: 8,
	dubnium: 10,
	erbium: 12,
	fermium: 14,
	gallium: 16,
	hydrogen: 18,
	iron: 20,
	jod: 22,
	krypton: 24,
};

/** Lines that still get fixes, in the order of preference. */
export const SUPPORTED_MAJORS: readonly number[] = [24, 22, 26];

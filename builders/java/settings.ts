/** The `java:` section of tare.yaml. */
import * as v from 'valibot';
import type { PlanRequest } from '../../src/builder/contract.js';
import { versioned } from '../../src/builder/settings.js';

/** Tomcat 10 has the names of Jakarta, Tomcat 9 those before; both run on Java 17. */
export const TOMCAT = { jakarta: '10.1.44', javax: '9.0.108' } as const;

export const SETTINGS = versioned('Java version; default: what the project says.', {
	jlink: v.optional(
		v.pipe(
			v.union([v.literal('auto'), v.array(v.string())]),
			v.description(
				'Link a runtime of these modules of the JDK instead of shipping the whole one; auto: those that the app and its libraries speak of, and what frameworks ask for by name.',
			),
		),
	),
	tomcat: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^\d+\.\d+\.\d+$/, 'a version such as 10.1.44'),
			v.description(
				`Version of the embedded Tomcat that serves a war without a server of its own; default ${TOMCAT.jakarta}, for the names before Jakarta ${TOMCAT.javax}.`,
			),
		),
	),
	profiles: v.optional(v.pipe(v.array(v.string()), v.description('Maven profiles to build with, e.g. [prod].'))),
	arguments: v.optional(v.pipe(v.array(v.string()), v.description('More arguments for Maven or Gradle, e.g. [-Drevision=1.2.3].'))),
	cds: v.optional(
		v.pipe(
			v.boolean(),
			v.description(
				'Ship an archive of the classes that the app loads while it starts (AppCDS), which java maps instead of reading them; needs Java 25. The app is started once to see them: tare.classlist keeps the list. Default false.',
			),
		),
	),
});

export interface JavaSettings {
	readonly jlink?: 'auto' | readonly string[];
	readonly cds?: boolean;
	readonly tomcat?: string;
	readonly profiles?: readonly string[];
	readonly arguments?: readonly string[];
}

export const OPTIMIZATIONS = { jlink: 'a runtime linked of the modules the app needs, as java.jlink: auto' };

export function settingsOf({ settings, optimize }: Pick<PlanRequest, 'settings' | 'optimize'>): JavaSettings {
	const own = settings as JavaSettings;
	return optimize.includes('jlink') && own.jlink === undefined ? { ...own, jlink: 'auto' } : own;
}

/** The builder for Java and other languages of its machine, as far as Maven or Gradle compile them. */
import type { Builder } from '../../src/builder/contract.js';
import { buildJava } from './build.js';
import { detectJava } from './detect.js';
import { planJava } from './plan.js';
import { findRoot } from './root.js';
import { OPTIMIZATIONS, SETTINGS } from './settings.js';

export const java: Builder = {
	id: 'java',
	looksFor: 'pom.xml, build.gradle, settings.gradle, a jar, META-INF/MANIFEST.MF, or a Java file with a main method',
	optimizations: OPTIMIZATIONS,
	settings: SETTINGS,
	rootOf: findRoot,
	detect: async (source) => detectJava(source),
	plan: async (detection, request) => planJava(detection, request),
	inputs: () => ({ hostTools: ['javac', 'mvn', 'gradle'], hostFolders: ['JAVA_HOME'] }),
	build: buildJava,
};

/** The builder for Java and other languages of its machine, as far as Maven or Gradle compile them. */
import type { Builder } from '../../src/builder/contract.js';
import { OPTIMIZATIONS, SETTINGS } from './settings.js';

export const java: Builder = {
	id: 'java',
	looksFor: 'pom.xml, build.gradle, settings.gradle, a jar, META-INF/MANIFEST.MF, or a Java file with a main method',
	sideBySide: true,
	optimizations: OPTIMIZATIONS,
	settings: SETTINGS,
	rootOf: async (dir) => (await import('./root.js')).findRoot(dir),
	detect: async (source) => (await import('./detect.js')).detectJava(source),
	plan: async (detection, request) => (await import('./plan.js')).planJava(detection, request),
	apps: async (request) => (await import('./layout.js')).appsOf(request),
	inputs: () => ({ hostTools: ['javac', 'mvn', 'gradle'], hostFolders: ['JAVA_HOME'] }),
	build: async (...args) => (await import('./build.js')).buildJava(...args),
};

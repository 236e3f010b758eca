/** The builder for Java and other languages of its machine, as far as Maven or Gradle compile them. */
import type { Builder } from '../../src/builder/contract.js';
import { versioned } from '../../src/builder/settings.js';
import { detectJava } from './detect.js';

export const java: Builder = {
	id: 'java',
	looksFor: 'pom.xml, build.gradle, settings.gradle, a jar, META-INF/MANIFEST.MF, or a Java file with a main method',
	settings: versioned('Java version; default: what the project says.', {}),
	rootOf: async (dir) => (await import('./root.js')).findRoot(dir),
	detect: async (source) => detectJava(source),
	plan: async (detection, request) => (await import('./plan.js')).planJava(detection, request),
	inputs: () => ({ hostTools: ['javac', 'mvn', 'gradle'], hostFolders: ['JAVA_HOME'] }),
	build: async (...args) => (await import('./build.js')).buildJava(...args),
};

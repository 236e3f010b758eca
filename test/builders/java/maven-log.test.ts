/** What is read of Maven's own words, in the forms that its versions have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen, splitOptions } from '../../../builders/java/maven/log.js';

const heard = (...lines: readonly string[]) => {
	const log = listen();
	for (const line of lines) log.hear(line);
	return log;
};

test('goals of Maven 3.8, of later ones, coloured', () => {
	const log = heard(
		'[INFO] --- maven-compiler-plugin:3.14.1:compile (default-compile) @ greeter ---',
		'[INFO] --- spring-boot:4.0.6:repackage (repackage) @ greeter ---',
		'\u001b[1m[INFO] --- jar:3.4.1:jar (default-jar) @ greeter ---\u001b[m',
		'[INFO] --- org.example:tool-maven-plugin:1.0-SNAPSHOT:make-it (id of mine) @ my.app_1 ---',
		'[INFO] Building greeter 1.0.0',
	);
	assert.deepEqual(log.goals(), ['compiler:compile', 'spring-boot:repackage', 'jar:jar', 'tool:make-it']);
	assert.equal(heard('[INFO] --- something new ---').goals(), undefined, 'what cannot be read is not passed over');
});

test("javac's options are the line after their title", () => {
	const log = heard('[DEBUG] Source roots:', '[DEBUG] Command line options:', '[DEBUG] -d /w/target/classes -g', '[DEBUG] other');
	assert.deepEqual(log.options(), ['-d /w/target/classes -g']);
});

test('options with their values; a path with a space cannot be told apart', () => {
	assert.deepEqual(splitOptions('-d /w/classes -classpath a.jar:b.jar: -g -parameters --release 17 -Xlint:all'), [
		['-d', '/w/classes'],
		['-classpath', 'a.jar:b.jar:'],
		['-g'],
		['-parameters'],
		['--release', '17'],
		['-Xlint:all'],
	]);
	assert.equal(splitOptions('-d /my folder/classes -g'), undefined);
	assert.equal(splitOptions('-d'), undefined);
});

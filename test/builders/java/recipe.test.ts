/** Profiles and arguments of the project's own image build. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { javaRecipe } from '../../../builders/java/recipe.js';
import { index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const POM = '<project><profiles><profile><id>prod</id></profile><profile><id>ui</id></profile></profiles></project>';

function taken(t: TestContext, files: Record<string, string>, settings: Record<string, unknown> = {}) {
	const { request, reasons, warnings } = javaRecipe({ ...REQUEST, source: index(t, { 'pom.xml': POM, ...files }), settings });
	return { profiles: request.settings.profiles, said: [...reasons, ...warnings].map(({ file, line, says }) => `${file}:${line} ${says}`) };
}

test('profiles of the pom are taken over, in each spelling', (t) => {
	for (const [line, profiles] of [
		['mvn -B -Pprod,ui package -DskipTests', ['prod', 'ui']],
		['./mvnw clean package -P prod', ['prod']],
		['mvn verify --activate-profiles=ui', ['ui']],
		['mvn package -Pof-my-settings', undefined],
		['mvn dependency:go-offline -Pprod', undefined],
		['mvn package', undefined],
	] as const)
		assert.deepEqual(taken(t, { Dockerfile: `FROM maven\nRUN ${line}\n` }).profiles, profiles, line);
	assert.deepEqual(taken(t, { Makefile: 'jar:\n\tmvn package -Pprod\n' }).said, ['Makefile:2 built as there: -Pprod']);
});

test('other arguments are named as left out; tare.yaml comes first; continuous integration does not count', (t) => {
	const Dockerfile = 'FROM maven\nARG PROFILE\nRUN mvn package -P$PROFILE -Drevision=2.1 -Dmaven.test.skip=true\n';
	assert.deepEqual(taken(t, { Dockerfile }).said, [
		'Dockerfile:3 left out: -P$PROFILE, whose value is only known when the command runs; set java: {profiles: [...]} for it',
		'Dockerfile:3 left out: -Drevision=2.1; set java: {arguments: [...]} for it',
	]);
	assert.deepEqual(taken(t, { Dockerfile }, { profiles: ['ui'] }), { profiles: ['ui'], said: [] });
	assert.deepEqual(taken(t, { Dockerfile: 'FROM gradle\nRUN ./gradlew build -Pversion=3 -x test\n' }).said, [
		'Dockerfile:2 left out: -Pversion=3; set java: {arguments: [...]} for it',
	]);
	assert.equal(taken(t, { '.github/workflows/a.yml': 'jobs:\n  a:\n    steps:\n      - run: mvn package -Pprod\n' }).profiles, undefined);
});

/** Builds the app of a folder, pushes it and prints its digest: node build.mjs NAME [DIR] */
import { build } from 'tare';

const [name, dir = '../../node-express'] = process.argv.slice(2);
const onEvent = (event) => event.type === 'phase-end' && console.error(event.phase, event.says, `${Math.round(event.ms)} ms`);

const { digest } = await build({ dir, tags: [name], push: true }, { onEvent });
console.log(digest);

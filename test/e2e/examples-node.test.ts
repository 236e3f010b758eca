/** Every example of Node.js. */
import { testExamples } from '../support/example.js';

testExamples((name) => name.startsWith('node-'));

/** The post step: saves the store for the next run. It runs when all steps of the job are done. */
import { messageOf } from '../errors.js';
import { readState } from './files.js';
import { log } from './log.js';
import { type Restored, saveStore } from './store-cache.js';

const state = readState(process.env, 'restored');
try {
	if (state !== '') await saveStore(JSON.parse(state) as Restored, process.env, log);
} catch (error) {
	// The image is there.
	log('warning', `the store is not saved: ${messageOf(error)}`);
}

/** The whole schema of tare.yaml: the shared keys and the sections of Tare's builders. */
import { builders } from '../../builders/index.js';
import { sectionsOf } from '../builder/settings.js';
import { configurationSchema } from '../config/schema.js';

export const CONFIGURATION = configurationSchema(sectionsOf(builders));

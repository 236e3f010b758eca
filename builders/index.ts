/** The ordered list of builders: the only place that names them all. */
import type { Builder } from '../src/builder/contract.js';
import { deno } from './deno/index.js';
import { go } from './go/index.js';
import { java } from './java/index.js';
import { node } from './node/index.js';
import { prebuilt } from './prebuilt/index.js';
import { python } from './python/index.js';
import { rust } from './rust/index.js';
import { staticSite } from './static/index.js';

export const builders: readonly Builder[] = [deno, go, java, node, python, rust, staticSite, prebuilt];

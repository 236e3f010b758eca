#!/usr/bin/env node
/** Starts the command line. No logic of its own. */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runCompiled } from './compiled.js';

// V8 would rather grow than collect: a project of 100,000 files took twice the memory, for no speed. What is compiled depends on it.
setFlagsFromString('--optimize-for-size');

runCompiled(join(import.meta.dirname, 'program.cjs'));

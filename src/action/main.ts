/** The GitHub Action: inputs become the API's options, the API does the work, the result becomes outputs and a summary. */
import module from 'node:module';

(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
const { run } = await import('./run.js');
await run(process.env, process.cwd());

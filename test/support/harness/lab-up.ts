import { labUp } from '../../../src/adapters/lab/lab.ts';

// A process that makes a lab and ends: `node lab-up.ts STATE_FOLDER`.
const [stateDir = ''] = process.argv.slice(2);
await labUp({ stateDir }, console.log, new AbortController().signal);

import { createLab } from '../../../src/wiring/lab.ts';

// A process that makes a lab on Docker and ends: `node docker-lab-up.ts STATE_FOLDER IMAGE`.
const [stateDir = '', image = ''] = process.argv.slice(2);
const wish = { flavor: undefined, replicas: 2, kind: 'docker', image } as const;
await createLab(stateDir).up(wish, console.log, new AbortController().signal);

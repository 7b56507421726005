import type { ExitCode } from './exit-code.ts';
import type { Run } from './run.ts';

/** Performs the work of a command, and makes its end the end of the process. */
export type Perform = (work: (run: Run) => Promise<ExitCode>) => Promise<void>;

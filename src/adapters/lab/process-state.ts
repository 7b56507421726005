export interface ProcessState {
  /** It has ended, and its parent has not asked how. Its other threads may still run. */
  readonly isZombie: boolean;
  readonly threads: number;
  /** Clock ticks since the machine started. */
  readonly beginning: string;
}

/** Reads the line of `/proc/PID/stat`; undefined when it is none. See proc_pid_stat(5). */
export function readStat(line: string): ProcessState | undefined {
  // The name of the program stands in brackets and may hold anything; the state is the first field behind it.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, threads, beginning] = [fields[0], fields[17], fields[19]];
  return beginning === undefined
    ? undefined
    : { isZombie: state === 'Z', threads: Number(threads), beginning };
}

import { connect, type Login } from './connect.ts';
import type { Session } from './session.ts';

/** What a second session beside one that is kept waiting needs. */
export interface SecondWay {
  readonly login: Login;
  readonly connectTimeoutMs: number;
}

/** Opens a second session at the same server for one task, and hangs up after it. Throws ReplicationError. */
export async function throughSecond<Result>(
  { address }: Pick<Session, 'address'>,
  { login, connectTimeoutMs }: SecondWay,
  signal: AbortSignal,
  task: (second: Session) => Promise<Result>,
): Promise<Result> {
  const second = await connect(address, login, connectTimeoutMs, signal);
  try {
    return await task(second);
  } finally {
    second.hangUp();
  }
}

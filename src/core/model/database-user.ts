/** What a user of ours is for: to look, to look and act, the same with scheduled events, or to replicate. */
export type UserTask = 'observe' | 'manage' | 'manage-events' | 'replication';

/** A user that a plan makes. Its password is no part of it. */
export interface DatabaseUser {
  readonly name: string;
  /** From where it may connect, as servers write it: `172.%`, `10.0.0.5`, `%`. */
  readonly host: string;
  readonly task: UserTask;
}

/** `unknown`: the server could not be asked. */
export type AccountState = 'absent' | 'present' | 'unknown';

/** As servers write it: `'orc_client_user'@'172.%'`. For people; never a statement. */
export function accountName({ name, host }: Pick<DatabaseUser, 'name' | 'host'>): string {
  return `'${name}'@'${host}'`;
}

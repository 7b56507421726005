import { readFileSync, statSync } from 'node:fs';
import { phrase, plain, type Phrase } from '../../core/model/phrase.ts';
import { phraseOf, ReplicationError } from '../../core/model/replication-error.ts';
import { ownName } from '../own-user.ts';
import type { FoundEndpoint } from './docker-endpoint.ts';
import { codeOf, refusalOf } from './engine-refusal.ts';
import { tlsTroubleOf } from './tls-trouble.ts';

/** Why the engine cannot be asked; one sentence that says what to do. */
export function troubleOf(error: unknown, found: FoundEndpoint): Phrase {
  const { spelled, endpoint } = found;
  if (error instanceof ReplicationError) {
    return phraseOf(error);
  }
  if (endpoint.kind === 'socket' && closedCodes.has(codeOf(error))) {
    return closedSocket(endpoint.path);
  }
  return (
    tlsTroubleOf(error, found) ??
    absenceOf(codeOf(error), spelled) ??
    unknownTrouble(error, spelled)
  );
}

const closedCodes: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

function absenceOf(code: string, endpoint: string): Phrase | undefined {
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return phrase('Docker does not run: nobody listens at {endpoint}. Start it.', { endpoint });
    case 'ECONNRESET':
    case 'EPIPE':
      return phrase('Docker at {endpoint} stopped.', { endpoint });
    default:
      return undefined;
  }
}

function unknownTrouble(error: unknown, endpoint: string): Phrase {
  const said = refusalOf(error)?.says ?? (error instanceof Error ? error.message : String(error));
  return phrase('Docker at {endpoint} cannot be asked: {says}', { endpoint, says: plain(said) });
}

/** For an engine that took the connection and says nothing. */
export function silentEngine({ spelled }: FoundEndpoint, ms: number): ReplicationError {
  return new ReplicationError(
    'not-asked',
    phrase('Docker at {endpoint} gave no answer within {count} ms.', {
      endpoint: spelled,
      count: ms,
    }),
  );
}

function closedSocket(path: string): Phrase {
  const group = groupOf(path);
  return group === undefined || group === 'root'
    ? phrase(
        '{user} may not open Docker’s socket {path}: only root may. Let Docker open it to a group, such as docker, and put {user} into that group.',
        { user: ownName(), path },
      )
    : phrase(
        '{user} may not open Docker’s socket {path}: it belongs to the group {group}. Run "sudo usermod -aG {group} {user}" and log in again.',
        { user: ownName(), path, group },
      );
}

/** The name of the group that may open a socket; undefined where none may, or nobody knows. */
function groupOf(path: string): string | undefined {
  try {
    const { gid, mode } = statSync(path);
    const mayWrite = (mode & 0o020) !== 0;
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find((it) => it.split(':')[2] === String(gid));
    return mayWrite ? (line?.split(':')[0] ?? String(gid)) : undefined;
  } catch {
    return undefined;
  }
}

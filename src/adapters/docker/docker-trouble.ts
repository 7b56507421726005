import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { phrase, plain, type Phrase } from '../../core/model/phrase.ts';
import { phraseOf, ReplicationError } from '../../core/model/replication-error.ts';
import type { FoundEndpoint } from './docker-endpoint.ts';

/** The engine was reached, and refused: HTTP status and its own words. */
export interface EngineRefusal {
  readonly status: number;
  readonly says: string;
}

/** What the client library threw because the engine answered with an error; undefined for anything else. */
export function refusalOf(error: unknown): EngineRefusal | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) {
    return undefined;
  }
  const { statusCode } = error;
  if (typeof statusCode !== 'number') {
    return undefined;
  }
  const said = 'json' in error ? messageIn(error.json) : undefined;
  const says = said ?? error.message.replace(/^\(HTTP code \d+\)[^-]*- /, '');
  return { status: statusCode, says: says.trim() };
}

function messageIn(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('message' in json)) {
    return undefined;
  }
  return typeof json.message === 'string' && json.message !== '' ? json.message : undefined;
}

/** Why the engine cannot be asked; one sentence that says what to do. */
export function troubleOf(error: unknown, { spelled, endpoint }: FoundEndpoint): Phrase {
  if (error instanceof ReplicationError) {
    return phraseOf(error);
  }
  if (endpoint.kind === 'socket' && closedCodes.has(codeOf(error))) {
    return closedSocket(endpoint.path);
  }
  return (
    absenceOf(codeOf(error), spelled) ??
    encryptionOf(error, spelled) ??
    unknownTrouble(error, spelled)
  );
}

/** Certificates: Node's codes start so. */
const certificateCode = /^(ERR_TLS|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CERT_)/;

function encryptionOf(error: unknown, endpoint: string): Phrase | undefined {
  if (certificateCode.test(codeOf(error))) {
    const says = error instanceof Error ? error.message.replace(/;.*$/, '') : String(error);
    return phrase(
      'The certificate of Docker at {endpoint} is not one that the ca.pem of DOCKER_CERT_PATH, or of the context, vouches for: {says}.',
      { endpoint, says: plain(says) },
    );
  }
  return refusalOf(error)?.says.includes('HTTPS server') === true
    ? phrase(
        'Docker at {endpoint} wants certificates: name the folder of ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH.',
        { endpoint },
      )
    : undefined;
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

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

function closedSocket(path: string): Phrase {
  const { username } = userInfo();
  const group = groupOf(path);
  return group === undefined || group === 'root'
    ? phrase(
        '{user} may not open Docker’s socket {path}: only root may. Let Docker open it to a group, such as docker, and put {user} into that group.',
        { user: username, path },
      )
    : phrase(
        '{user} may not open Docker’s socket {path}: it belongs to the group {group}. Run "sudo usermod -aG {group} {user}" and log in again.',
        { user: username, path, group },
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

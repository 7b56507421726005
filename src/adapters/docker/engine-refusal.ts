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

/** Such as `ECONNREFUSED`; empty for an error without one. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** Whether the engine knows no such container any more. Podman says it with another status while it removes one. */
export function saysItIsGone(refusal: EngineRefusal | undefined): boolean {
  return (
    refusal !== undefined && (refusal.status === 404 || /no such container/i.test(refusal.says))
  );
}

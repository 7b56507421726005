import type { Server } from '../../core/model/instance.ts';
import { phrase } from '../../core/model/phrase.ts';
import type { Action } from '../../core/model/plan.ts';
import type { Position } from '../../core/model/position.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { positionQuery } from '../../dialect/position-query.ts';
import type { Session } from './session.ts';

/** A position that an earlier step recorded. */
export function markOf(marks: ReadonlyMap<string, Position>, name: string): Position {
  const mark = marks.get(name);
  if (mark === undefined) {
    throw new ReplicationError(
      'refused-by-check',
      phrase('No position was recorded as "{name}".', { name }),
    );
  }
  return mark;
}

export async function readPosition(
  session: Session,
  server: Server,
  reads: Extract<Action, { do: 'mark-position' }>['reads'],
  deadlineMs: number,
): Promise<Position> {
  const { sql, parse } = positionQuery(server, reads, session.address);
  return parse(await session.query(sql, deadlineMs));
}

import type { Server } from '../../core/model/instance.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { channelsQuery } from '../../dialect/position-query.ts';
import type { Session } from './session.ts';

/**
 * A change of the delay while receiver and applier are both stopped makes the server throw away its relay log, and with it
 * what only a dead source had. Throws ReplicationError.
 */
export async function checkReceiving(
  session: Session,
  server: Server,
  deadlineMs: number,
): Promise<void> {
  const { sql, parse } = channelsQuery(server);
  const [channel] = parse(await session.query(sql, deadlineMs));
  if (channel === undefined || channel.receiver === 'no') {
    throw new ReplicationError(
      'refused-by-check',
      phrase('The receiver of {address} is stopped: its relay log would be lost.', {
        address: session.address,
      }),
    );
  }
}

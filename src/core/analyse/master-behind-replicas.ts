import type { ReplicationFault, Server } from '../model/instance.ts';
import { phrase } from '../model/phrase.ts';
import { ofReplicas, type Census } from './census.ts';
import type { Problem } from './problem.ts';

/** The source's own word, given when the replica connected: it lacks a transaction that it wrote itself. */
function saysItLacks({ message }: ReplicationFault, master: Server): boolean {
  const missing = /requested to start from GTID \d+-(\d+)-\d+, which is not in/i.exec(message);
  return missing === null
    ? /has more GTIDs than the (source|master) has, using the (source|master)'s SERVER_UUID/i.test(
        message,
      )
    : Number(missing[1]) === master.serverId;
}

/** It came back from a crash, or from a copy, without what its replicas had already read from it. */
export const masterBehindReplicas: Problem<Census> = {
  code: 'MasterBehindReplicas',
  severity: 'error',
  advice:
    'Make it read-only, stop it and promote a replica: what it writes now collides with what it wrote before and lost.',
  holds: ({ master, masterServer, reachable, replicas }) => {
    if (master === undefined || masterServer === undefined) {
      return undefined;
    }
    const refused = reachable.flatMap(({ member, channel }) => {
      const error = channel?.receiverError ?? null;
      return channel?.receiver !== 'yes' && error !== null && saysItLacks(error, masterServer)
        ? [{ member, error }]
        : [];
    });
    return refused.length === 0
      ? undefined
      : {
          instance: master.key,
          says: `${master.key} lost transactions that it wrote: ${ofReplicas(refused.length, replicas.length)} hold them, and cannot read on.`,
          evidence: refused.map(({ member, error }) =>
            phrase('{instance}: receiver error {code}: {message}', {
              instance: member.key,
              code: error.code,
              message: error.message,
            }),
          ),
          facts: { instance: master.key, count: refused.length, replicas: replicas.length },
        };
  },
};

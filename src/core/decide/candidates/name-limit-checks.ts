import { accountName, type DatabaseUser } from '../../model/database-user.ts';
import { answered, splitKey, type Server } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { credentialCheck, passwordFitCheck } from './candidate-checks.ts';
import { failed, type PlanningContext } from '../planning-context.ts';

/** Limits that else only the statement would find; from the manuals of MySQL, and seen on MariaDB 10.11 (error 1470). */
const longestHost = { old: 60, now: 255 } as const;
const longestUser = { old: 16, now: 32 } as const;

/** Whether a former master, and its other replicas, can be told to read from the new one. */
export function followingChecks(
  context: PlanningContext,
  parts: {
    readonly master: Member;
    readonly others: readonly Member[];
    readonly candidate: Member;
  },
): readonly Check[] {
  const { master, others, candidate } = parts;
  return [
    credentialCheck(context, master.key),
    ...passwordFitCheck(context, master.key),
    ...sourceNameChecks([master, ...others], candidate),
  ];
}

/** Whether replicas can keep the name of their source: MySQL before 8.0.17 keeps 60 characters of it. */
export function sourceNameChecks(replicas: readonly Member[], source: Member): readonly Check[] {
  const { length } = splitKey(source.key).host;
  return replicas.flatMap((member): readonly Check[] => {
    const server = answered(member);
    if (server === undefined) return [];
    const count = longestHost[isBefore(server, [8, 0, 17]) ? 'old' : 'now'];
    return length <= count
      ? []
      : [
          failed(
            phrase('{instance} can keep the host name of {source}', {
              instance: member.key,
              source: source.key,
            }),
            phrase('it keeps at most {count} characters', { count }),
          ),
        ];
  });
}

/** Whether a server can have a user of that name: MySQL before 5.7.8 has names of 16 characters. */
export function userNameChecks(
  instance: string,
  server: Server | undefined,
  user: DatabaseUser,
): readonly Check[] {
  const count = longestUser[server !== undefined && isBefore(server, [5, 7, 8]) ? 'old' : 'now'];
  return user.name.length <= count
    ? []
    : [
        failed(
          phrase('{instance} can have a user {account}', { instance, account: accountName(user) }),
          phrase('a user name has at most {count} characters there', { count }),
        ),
      ];
}

function isBefore({ flavor, release }: Server, since: readonly [number, number, number]): boolean {
  const differing = release.findIndex((it, place) => it !== since[place]);
  return (
    flavor === 'mysql' && differing !== -1 && (release[differing] ?? 0) < (since[differing] ?? 0)
  );
}

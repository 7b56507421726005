import type { InstanceKey } from '../../model/instance.ts';
import type { LockAnswer, LockTerms } from '../../model/lock-answer.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import { acceptsLoss, stepsOf, type Plan } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { memberOf, type Topology } from '../../model/topology.ts';
import type { AddressBook, Commander } from '../../ports.ts';
import { refused, type Refused } from './recorded.ts';
import { lockObjection } from '../../recover/majority.ts';

/** What tells whose locks are needed, and how they are asked for. */
export interface LockContext {
  readonly addresses: AddressBook;
  /** Replicas that were replicating at the last good look at the master: whose locks count. */
  readonly electorate: () => readonly InstanceKey[];
  readonly newestTopology: () => Topology | undefined;
  readonly policy: () => Promise<Policy>;
  /** How locks are asked for where a plan may wait so long for appliers. */
  readonly lockTerms: (delaySeconds: number) => LockTerms;
}

/** Who asks for locks, and what it knows. */
interface Asker extends LockContext {
  readonly commander: Commander;
}

/** Nobody becomes or ceases to be a master. */
const sparingMasters: ReadonlySet<Plan['kind']> = new Set<Plan['kind']>([
  'relocate',
  'repair',
  'detach',
  'create-user',
  'fix',
  'end-session',
]);

/** Whose lock no plan goes without. */
export function lockOf(plan: Plan): InstanceKey {
  // Where only replicas or accounts are touched, those that are touched are all that two actors could fight over.
  const [first] = sparingMasters.has(plan.kind) ? stepsOf(plan) : [];
  return first?.on ?? plan.subject;
}

/** What ends the holder of a lock cannot have that lock; whose session it ends is looked at again right before. */
export function needsLocks({ kind }: Plan): boolean {
  return kind !== 'end-session';
}

/** Asks everybody who has a say, and everybody who is changed, for their lock. Undefined where these are enough. */
export async function takeLocks(
  { plan, trigger }: { readonly plan: Plan; readonly trigger: string },
  signal: AbortSignal,
  asker: Asker,
): Promise<Refused | undefined> {
  if (!needsLocks(plan)) return undefined;
  const electorate = asker.electorate();
  const changed = stepsOf(plan).map((it) => it.on);
  const moves = sparingMasters.has(plan.kind);
  const asked = [...new Set([...electorate, plan.subject, ...changed])];
  const topology = asker.newestTopology();
  const terms = asker.lockTerms((await asker.policy()).unapplied.delaySeconds);
  const answers = await Promise.all(
    asked.map(async (key): Promise<readonly [InstanceKey, LockAnswer]> => {
      const member = topology === undefined ? undefined : memberOf(topology, key);
      // Whoever is known to be silent is not dialled: a dead server must not hold up a failover.
      const silent = member !== undefined && member.probe.kind === 'silent';
      const address = member?.address ?? asker.addresses.addressOf(key);
      return [
        key,
        silent
          ? { kind: 'silent', says: member.probe.says }
          : await asker.commander.lock(address, terms, signal),
      ];
    }),
  );
  const known = new Map(answers);
  const taken = changed.find((key) => known.get(key)?.kind === 'taken');
  // A person who accepts the loss does not wait for replicas that are gone, though never acts beside somebody else.
  const counted = (trigger === 'user' && acceptsLoss(plan)) || moves ? [] : electorate;
  const objection = lockObjection(counted, taken ?? lockOf(plan), known);
  return objection === null
    ? undefined
    : refusal(
        objection,
        answers.flatMap(([key, answer]) => howToEnd(key, answer)),
      );
}

/** `holders`: how to end each session that holds a lock, one sentence each. */
function refusal(objection: Phrase, holders: readonly Phrase[]): Refused {
  const says = phrase(
    'Wait until it is free or back; a failover can be forced where its loss is accepted.',
  );
  const told = refused(objection, says, ...holders);
  return holders.length === 0 ? told : { ...told, lockHeld: true };
}

function howToEnd(instance: InstanceKey, answer: LockAnswer): readonly Phrase[] {
  return answer.kind === 'taken' && answer.end !== null
    ? [
        phrase(
          'If it is not another Switchover at work, end it: "End Lock Holder..." in VS Code, "switchover locks" in a terminal, or {statement} on {instance}.',
          { statement: answer.end, instance },
        ),
      ]
    : [];
}

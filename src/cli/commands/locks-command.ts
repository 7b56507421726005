import { Command } from 'commander';
import type { InstanceKey } from '../../core/model/instance.ts';
import { statementWords, type HeldLock } from '../../core/model/lock-answer.ts';
import { inEnglish } from '../../core/model/phrase.ts';
import { demandConfirmation, settle } from './change.ts';
import { wrongUse, type ExitCode } from '../exit-code.ts';
import { findInstance } from './find-instance.ts';
import type { Perform } from '../perform.ts';
import { demandAnswers, withEngine, type Run } from '../run.ts';

interface Options {
  readonly end?: string;
  readonly on?: string;
  readonly dryRun?: boolean;
}

export function locksCommand(perform: Perform): Command {
  return new Command('locks')
    .description('print which sessions hold the recovery lock, or end one of them')
    .usage('[options] CLUSTER [--end ID [--on INSTANCE]]')
    .argument('<CLUSTER>')
    .option('--end <ID>', 'end this session, which is no other Switchover at work')
    .option('--on <INSTANCE>', 'where it is, if sessions of that id hold locks on several')
    .option('--dry-run', 'print the plan and change nothing')
    .action((cluster: string, options: Options) => perform((run) => locks(run, cluster, options)));
}

function locks(run: Run, cluster: string, options: Options): Promise<ExitCode> {
  const dryRun = options.dryRun === true;
  const id = idIn(options);
  return withEngine(run, [cluster], async (session) => {
    const backend = session.engine.clusters.get(cluster);
    if (backend === undefined) throw wrongUse(`The cluster ${cluster} could not be opened.`);
    if (id !== undefined && !dryRun) demandConfirmation(run, session);
    const held = await backend.locks(run.io.signal);
    const state = backend.current() ?? (await backend.refresh(run.io.signal));
    demandAnswers([state]);
    if (id === undefined) {
      list(run, cluster, held);
      return session.done;
    }
    const instance =
      options.on === undefined
        ? theOnly(held, id, cluster)
        : findInstance(state.topology, options.on);
    const wish = { kind: 'end-session', instance, session: id } as const;
    return settle(run, backend, { wish, state, dryRun });
  });
}

function idIn({ end, on }: Options): number | undefined {
  if (end === undefined) {
    if (on !== undefined) throw wrongUse('--on belongs to --end ID.');
    return undefined;
  }
  if (!/^[1-9]\d{0,14}$/.test(end)) {
    throw wrongUse(`${JSON.stringify(end)} is not the id of a session, such as 1234.`);
  }
  return Number(end);
}

function theOnly(held: readonly HeldLock[], id: number, cluster: string): InstanceKey {
  const [first, ...more] = held.filter((it) => it.holder.session === id);
  if (first === undefined) {
    throw wrongUse(`No session ${String(id)} holds a recovery lock in ${cluster}.`);
  }
  if (more.length > 0) {
    const all = [first, ...more].map((it) => it.instance).join(', ');
    throw wrongUse(`Sessions of this id hold locks on ${all}: add --on INSTANCE.`);
  }
  return first.instance;
}

function list(run: Run, cluster: string, held: readonly HeldLock[]): void {
  if (run.options.json === true) run.json({ cluster, locks: held.map(lockJson) }, 'document');
  if (held.length === 0) run.tell('No session holds a recovery lock.');
  for (const { instance, holder, process } of held) {
    const { session, user, client, sameForSeconds, runs } = holder;
    const statement = inEnglish(statementWords(runs));
    run.tell(
      `${instance}  session ${String(session)} of '${user}' from ${client}, for at least ${String(sameForSeconds)} s`,
    );
    run.tell(`  statement: ${statement}`);
    run.tell(
      process === null
        ? `  ${rightsOf(holder)}`
        : `  it is the session of ${process}, which changes the cluster now`,
    );
  }
}

function rightsOf({ mayChangeReplication }: HeldLock['holder']): string {
  if (mayChangeReplication === false) return 'its account may not change replication';
  return mayChangeReplication === true
    ? 'its account may change replication: it may be another Switchover'
    : 'the rights of its account are not known: it may be another Switchover';
}

function lockJson({ instance, holder, process }: HeldLock): unknown {
  const { session, user, client, sameForSeconds, mayChangeReplication, runs } = holder;
  return {
    instance,
    session,
    user,
    client,
    seconds: sameForSeconds,
    mayChangeReplication,
    statement: runs.kind === 'statement' ? runs.sql : null,
    process,
  };
}

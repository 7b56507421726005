import { Command } from 'commander';
import { accepted, noKey, passingKey, type ServerKey } from '../../core/model/server-key.ts';
import type { Journal } from '../engine-type.ts';
import { exitCodes, wrongUse, type ExitCode } from '../exit-code.ts';
import { demandKnownCluster, withJournal } from './journal.ts';
import type { Perform } from '../perform.ts';
import type { Run } from '../run.ts';

interface Options {
  readonly accept?: string;
  readonly forget?: string;
}

/** What is kept of the keys of servers whose certificates nobody verifies. */
export function keysCommand(perform: Perform): Command {
  return new Command('keys')
    .description('show the TLS keys of servers, or accept one that changed')
    .usage('[options] CLUSTER [--accept HOST:PORT | --forget HOST:PORT]')
    .argument('<CLUSTER>')
    .option('--accept <HOST:PORT>', 'the key that it shows now is the right one')
    .option('--forget <HOST:PORT>', 'whichever key it shows next is the right one')
    .action((cluster: string, options: Options) => perform((run) => keys(run, cluster, options)));
}

function keys(run: Run, cluster: string, { accept, forget }: Options): Promise<ExitCode> {
  if (accept !== undefined && forget !== undefined) {
    throw wrongUse('Give one of these: --accept HOST:PORT, or --forget HOST:PORT.');
  }
  return withJournal(run, (journal) => {
    demandKnownCluster(run, journal, cluster);
    if (accept !== undefined) acceptKey(run, journal, cluster, accept);
    else if (forget !== undefined) forgetKey(run, journal, cluster, forget);
    else show(run, journal.serverKeys(cluster));
    return exitCodes.done;
  });
}

function acceptKey(run: Run, journal: Journal, cluster: string, address: string): void {
  const known = kept(journal, cluster, address);
  const { offered } = known;
  if (offered === null) {
    throw wrongUse(`${address} has shown no other key than ${known.key}.`);
  }
  const next = accepted(known, run.io.now());
  if (next === null) journal.forgetServerKey(cluster, address);
  else journal.putServerKey(cluster, next);
  if (run.options.json === true) run.json({ accepted: { address, key: offered } }, 'document');
  run.tell(
    offered === noKey
      ? `${address} may be logged in to without TLS now.`
      : `The key of ${address} is ${wordFor(offered)} now.`,
  );
}

function forgetKey(run: Run, journal: Journal, cluster: string, address: string): void {
  kept(journal, cluster, address);
  journal.forgetServerKey(cluster, address);
  if (run.options.json === true) run.json({ forgotten: { address } }, 'document');
  run.tell(`The key that ${address} shows next is accepted.`);
}

function kept(journal: Journal, cluster: string, address: string): ServerKey {
  const known = journal.serverKeys(cluster).find((it) => it.address === address);
  if (known === undefined) {
    throw wrongUse(`No key of ${JSON.stringify(address)} is kept in ${cluster}.`);
  }
  return known;
}

function show(run: Run, all: readonly ServerKey[]): void {
  if (run.options.json === true) run.json({ keys: all }, 'document');
  if (all.length === 0) {
    run.tell('No key is kept: connections are not encrypted, verified, or go to this machine.');
  }
  for (const { address, key, offered } of all) {
    run.tell(`${address}  ${wordFor(key)}`);
    if (offered !== null)
      run.tell(`${' '.repeat(address.length)}  not accepted: ${wordFor(offered)}`);
  }
}

function wordFor(key: string): string {
  if (key === passingKey) return 'a new key at each start';
  return key === noKey ? 'no TLS' : key;
}

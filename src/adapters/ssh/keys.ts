import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';
import type { KeyRing } from './key-ring.ts';
import type { Hop } from './route.ts';

/** How long an agent may take to tell its keys, in milliseconds. */
const agentMs = 3_000;

/** One way to prove who we are. */
export interface Attempt {
  /** For the sentence that tells what was tried. */
  readonly says: string;
  readonly method: AnyAuthMethod;
}

export interface Attempts {
  readonly attempts: readonly Attempt[];
  /** Encrypted keys that nobody has opened yet, in the order in which they would be tried. */
  readonly locked: readonly LockedKey[];
}

export interface LockedKey {
  readonly file: string;
  /** A passphrase is known but does not open it. */
  readonly wasWrong: boolean;
}

type KeyFile =
  | {
      readonly kind: 'private';
      readonly file: string;
      readonly key: ParsedKey;
      readonly wasLocked: boolean;
    }
  | { readonly kind: 'public'; readonly key: ParsedKey }
  | { readonly kind: 'locked'; readonly file: string; readonly wasWrong: boolean }
  | { readonly kind: 'unusable' };

/**
 * All ways to log in to a host, in the order in which they are tried: named keys that lie open, the agent, named keys that
 * had to be opened; where none was named, the keys that `ssh` takes by itself.
 */
export async function attemptsFor(hop: Hop, keyRing: KeyRing): Promise<Attempts> {
  const named = hop.keys.map((it) => readKey(it, keyRing));
  const usual = hop.keys.length > 0 ? [] : hop.defaultKeys.map((it) => readKey(it, keyRing));
  const publics = hop.keys.flatMap((it, place) => publicOf(it, named[place], keyRing));
  const { user } = hop;
  const files = [...named, ...usual].flatMap((it) => (it.kind === 'private' ? [it] : []));
  const ofFile = ({ file, key }: (typeof files)[number]): Attempt => ({
    says: file,
    method: { type: 'publickey', username: user, key },
  });
  return {
    attempts: [
      // A host may let us in without a proof; else its answer tells what it takes.
      { says: '', method: { type: 'none', username: user } },
      ...files.filter((it) => !it.wasLocked && hop.keys.includes(it.file)).map(ofFile),
      ...(await agentAttempts(hop, publics)),
      ...files.filter((it) => it.wasLocked || !hop.keys.includes(it.file)).map(ofFile),
    ],
    locked: [...named, ...usual].flatMap((it) => (it.kind === 'locked' ? [it] : [])),
  };
}

function readKey(file: string, keyRing: KeyRing): KeyFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { kind: 'unusable' };
  }
  const plain = parsed(text);
  if (!(plain instanceof Error)) {
    return plain.isPrivateKey()
      ? { kind: 'private', file, key: plain, wasLocked: false }
      : { kind: 'public', key: plain };
  }
  return /encrypted/i.test(plain.message) ? openKey(file, text, keyRing) : { kind: 'unusable' };
}

function openKey(file: string, text: string, keyRing: KeyRing): KeyFile {
  const passphrase = keyRing.passphraseOf(file);
  if (passphrase === undefined) {
    return { kind: 'locked', file, wasWrong: false };
  }
  if (keyRing.isWrong(file, text)) {
    return { kind: 'locked', file, wasWrong: true };
  }
  const key = keyRing.opened(file, text) ?? parsed(text, passphrase);
  if (key instanceof Error) {
    keyRing.keepWrong(file, text);
    return { kind: 'locked', file, wasWrong: true };
  }
  keyRing.keep(file, text, key);
  return { kind: 'private', file, key, wasLocked: true };
}

function parsed(text: string, passphrase?: string): ParsedKey | Error {
  // The types of the package tell of one key; for some formats it hands out a list.
  const found: unknown = ssh2.utils.parseKey(text, passphrase);
  const first: unknown = Array.isArray(found) ? found[0] : found;
  if (isParsed(first)) {
    return first;
  }
  return first instanceof Error ? first : new Error('There is no key in it.');
}

/** The public half of a named key: by it the agent's key is told. */
function publicOf(file: string, key: KeyFile | undefined, keyRing: KeyRing): readonly Buffer[] {
  if (key?.kind === 'private' || key?.kind === 'public') {
    return [key.key.getPublicSSH()];
  }
  const beside = readKey(`${file}.pub`, keyRing);
  return beside.kind === 'public' ? [beside.key.getPublicSSH()] : [];
}

/** The agent's keys, those that were named first. From then on it tells only of these. */
async function agentAttempts(hop: Hop, named: readonly Buffer[]): Promise<readonly Attempt[]> {
  if (hop.agent === undefined) {
    return [];
  }
  const agent = ssh2.createAgent(hop.agent);
  const all = await identities(agent);
  const isNamed = (key: ParsedKey): boolean => named.some((it) => it.equals(key.getPublicSSH()));
  const keys = [
    ...all.filter(isNamed),
    ...(hop.identitiesOnly ? [] : all.filter((it) => !isNamed(it))),
  ];
  agent.getIdentities = (done) => {
    done(undefined, [...keys]);
  };
  const says = `SSH agent (${String(keys.length)})`;
  return keys.length === 0 ? [] : [{ says, method: { type: 'agent', username: hop.user, agent } }];
}

/** None where the agent does not answer in time: `ssh` goes on without one that is not there, too. */
function identities(agent: ssh2.BaseAgent): Promise<readonly ParsedKey[]> {
  const hangUp = keepsStream(agent);
  return new Promise((done) => {
    const late = setTimeout(() => {
      done([]);
      hangUp();
    }, agentMs);
    agent.getIdentities((error, keys = []) => {
      clearTimeout(late);
      done(error ? [] : keys.filter(isParsed));
    });
  });
}

/** The package never hangs up on an agent that says nothing. Returns how to do that. */
function keepsStream(agent: ssh2.BaseAgent): () => void {
  if (!(agent instanceof ssh2.OpenSSHAgent)) {
    return () => undefined;
  }
  const streams: Duplex[] = [];
  let isOver = false;
  const open = agent.getStream.bind(agent);
  agent.getStream = (done) => {
    open((error, stream) => {
      if (stream !== undefined) streams.push(stream);
      done(error, stream);
      if (isOver) stream?.destroy();
    });
  };
  return () => {
    isOver = true;
    streams.forEach((it) => it.destroy());
  };
}

function isParsed(key: unknown): key is ParsedKey {
  return typeof key === 'object' && key !== null && 'getPublicSSH' in key;
}

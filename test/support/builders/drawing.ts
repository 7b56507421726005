import { plain } from '../../../src/core/model/phrase.ts';
import { assembleTopology } from '../../../src/core/discover/assemble-topology.ts';
import type { Probe, Server } from '../../../src/core/model/instance.ts';
import type { Topology } from '../../../src/core/model/topology.ts';
import type { Sighting } from '../../../src/core/discover/sighting.ts';
import { channelFrom, mariadbServer } from './servers.ts';

/**
 * Reads a topology as a DBA draws it: a line an instance, `+` for each level below its source, then what differs from
 * health: `delay=SECONDS`, `silent`, `hung`, `denied`, `key-changed`, `unknown-host`, `rw`, `ro`, `receiver=no|connecting`, `applier=no`, `lag=N`, `io=CODE`, `sql=CODE`,
 * `gtid=LIST` (its binary log state), `source=NAME` (reads from a name that the drawing does not show above it),
 * `semi=source|replica|both|none` (has the plugin, and waits, acknowledges, does both or neither), `fallen` (it no
 * longer waits), `waiting=N` (sessions that wait),
 * `clients=N` (who acknowledge), `count=N` (how many it waits for), `commit` (it waits after the commit),
 * `hasty` (it stops waiting as soon as too few replicas are connected).
 * `id=N`, `uuid=X`, `format=MIXED`, `release=N.N`, `nolog` (does not log what it replicates), `net=SECONDS`, `nogtid`.
 * `report=NAME`: the name that it reports, where that is not its own.
 * `io=CODE:WORDS` is an error with these words, `_` for a space.
 * `unheard`: it did not answer in time, never did before, and the process has just begun.
 * `previous`: the picture of the round before, from which silent ones are remembered.
 */
export function draw(
  drawing: string,
  lastPromoted: string | null = null,
  previous?: Topology,
): Topology {
  const lines = drawing.split('\n').filter((it) => it.trim() !== '');
  const above: string[] = [];
  const lastSources = new Map<string, string>();
  const followers = followersIn(lines);
  const ids = new Map(lines.map((it) => [nameIn(it), idIn(it)] as const));
  const heard = new Set<string>();
  const sightings = lines.map((line): Sighting => {
    const [, marks = '', name = '', rest = ''] = /^(\+*)\s*(\S+)\s*(.*)$/.exec(line) ?? [];
    const key = `${name}:3306`;
    above[marks.length] = key;
    const source = marks.length === 0 ? undefined : above[marks.length - 1];
    const words = wordsOf(rest);
    const named = words.get('source');
    const last = named === undefined ? source : `${named}:3306`;
    if (!words.has('unheard')) {
      heard.add(key);
      if (last !== undefined) {
        lastSources.set(key, last);
      }
    }
    const probe = probeOf(key, source, words);
    return { name: key, address: key, probe: withReplicas(probe, followers.get(key) ?? [], ids) };
  });
  return assembleTopology('orders', 1, sightings, {
    previous,
    lastPromotion: lastPromoted === null ? null : { opened: lastPromoted, replaced: 'db1:3306' },
    lastMaster: previous?.master ?? null,
    lastSources,
    lastKeys: new Map(),
    heard,
    seeds: [],
    early: lines.some((it) => it.includes(' unheard')),
  });
}

function nameIn(line: string): string {
  return `${/^\+*\s*(\S+)/.exec(line)?.[1] ?? ''}:3306`;
}

function idIn(line: string): number | undefined {
  const id = /\bid=(\d+)/.exec(line)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Who stands right below whom. */
function followersIn(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const above: string[] = [];
  const found = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [, marks = '', name = ''] = /^(\+*)\s*(\S+)/.exec(line) ?? [];
    above[marks.length] = `${name}:3306`;
    const source = marks.length === 0 ? undefined : above[marks.length - 1];
    if (source !== undefined) {
      found.set(source, [...(found.get(source) ?? []), `${name}:3306`]);
    }
  }
  return found;
}

/** A source shows who is connected to it. */
function withReplicas(
  probe: Probe,
  keys: readonly string[],
  ids: ReadonlyMap<string, number | undefined>,
): Probe {
  if (probe.kind === 'silent') {
    return probe;
  }
  const replicas = keys.map((it) => {
    const { serverId, host, port } = { ...mariadbServer(it), host: it.replace(/:.*/, '') };
    return { serverId: ids.get(it) ?? serverId, serverUuid: null, host, port };
  });
  return { ...probe, server: { ...probe.server, replicas } };
}

function semiSyncOf(words: ReadonlyMap<string, string>): Server['semiSync'] {
  const semi = words.get('semi');
  const isSource = semi === 'source' || semi === 'both';
  const isReplica = semi === 'replica' || semi === 'both';
  return semi === undefined
    ? { source: null, replica: null }
    : {
        source: {
          variable: 'rpl_semi_sync_master_enabled',
          enabled: isSource,
          active: isSource && !words.has('fallen'),
          waitsFor: Number(words.get('count') ?? 1),
          timeoutMs: 10_000,
          waitsWithoutReplicas: !words.has('hasty'),
          waitPoint: words.has('commit') ? 'after-commit' : 'after-sync',
          clients: Number(words.get('clients') ?? 0),
          waitingSessions: Number(words.get('waiting') ?? 0),
        },
        replica: {
          variable: 'rpl_semi_sync_slave_enabled',
          enabled: isReplica,
          active: isReplica,
        },
      };
}

function wordsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(/\s+/)
      .filter((it) => it !== '')
      .map((it) => {
        const [name = '', value = ''] = it.split('=');
        return [name, value] as const;
      }),
  );
}

function probeOf(
  key: string,
  source: string | undefined,
  words: ReadonlyMap<string, string>,
): Probe {
  if (words.has('unheard')) {
    return { kind: 'silent', at: 1, reason: 'timed-out', says: plain(`${key} gives no answer.`) };
  }
  if (words.has('hung')) {
    return { kind: 'silent', at: 1, reason: 'hung', says: plain(`${key} gives no answer.`) };
  }
  if (words.has('silent')) {
    return { kind: 'silent', at: 1, reason: 'refused', says: plain(`${key} refuses connections.`) };
  }
  if (words.has('denied')) {
    return { kind: 'silent', at: 1, reason: 'denied', says: plain(`${key} refuses our user.`) };
  }
  for (const reason of ['key-changed', 'unknown-host'] as const) {
    if (words.has(reason)) return { kind: 'silent', at: 1, reason, says: plain(reason) };
  }
  return { kind: 'answered', at: 1, server: serverOf(key, source, words) };
}

function serverOf(
  key: string,
  above: string | undefined,
  words: ReadonlyMap<string, string>,
): Server {
  const named = words.get('source');
  const source = named === undefined ? above : `${named}:3306`;
  const gtid = words.get('gtid') ?? '0-1-100';
  return mariadbServer(key, {
    readOnly: words.has('ro') || (source !== undefined && !words.has('rw')),
    channels: source === undefined ? [] : [channelOf(source, words)],
    semiSync: semiSyncOf(words),
    ...settingsOf(key, words),
    gtid: words.has('nogtid')
      ? { kind: 'off' }
      : {
          kind: 'mariadb',
          binlogPos: gtid,
          slavePos: '',
          binlogState: gtid,
          strict: true,
          domainId: 0,
        },
  });
}

function settingsOf(key: string, words: ReadonlyMap<string, string>): Partial<Server> {
  const [major = 10, minor = 11] = (words.get('release') ?? '10.11').split('.').map(Number);
  return {
    serverId: Number(words.get('id') ?? /\d+/.exec(key)?.[0] ?? key.codePointAt(0)),
    serverUuid: words.get('uuid') ?? null,
    binlogFormat: words.get('format') ?? 'ROW',
    version: `${String(major)}.${String(minor)}.1-MariaDB`,
    release: [major, minor, 1],
    logsReplicaUpdates: !words.has('nolog'),
    netTimeoutSeconds: Number(words.get('net') ?? 60),
    refusesPasswordHashes: words.has('checks-passwords'),
    ...reportOf(words),
  };
}

function reportOf(words: ReadonlyMap<string, string>): Partial<Server> {
  const reportHost = words.get('report');
  return reportHost === undefined ? {} : { reportHost };
}

function channelOf(source: string, words: ReadonlyMap<string, string>): Server['channels'][number] {
  const receiver = words.get('receiver');
  const lag = words.get('lag');
  return channelFrom(source, {
    receiver: receiver === 'no' || receiver === 'connecting' ? receiver : 'yes',
    applier: words.get('applier') === 'no' ? 'no' : 'yes',
    lagSeconds:
      lag === undefined
        ? receiver === undefined && !words.has('applier')
          ? 0
          : null
        : Number(lag),
    delaySeconds: Number(words.get('delay') ?? 0),
    receiverError: faultOf(words.get('io')),
    applierError: faultOf(words.get('sql')),
    retrieved: words.get('received') ?? '',
  });
}

function faultOf(code: string | undefined): { code: number; message: string } | null {
  if (code === undefined) {
    return null;
  }
  const [number = '', message = `error ${number}`] = code.split(':');
  return { code: Number(number), message: message.replaceAll('_', ' ') };
}

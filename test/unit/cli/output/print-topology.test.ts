import { expect, test } from 'vitest';
import { coloured, plain } from '../../../../src/cli/output/paint.ts';
import { topologyLines } from '../../../../src/cli/output/print-topology.ts';
import type { Server } from '../../../../src/core/model/instance.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import {
  deadMaster,
  masterMember,
  memberAs,
  replicaMember,
  topologyOf,
} from '../../../support/builders/cluster-states.ts';
import {
  channelFrom,
  fileServer,
  instanceOf,
  mariadbServer,
  silentInstance,
} from '../../../support/builders/servers.ts';

function readingFrom(source: string): Server {
  return mariadbServer('db1:3306', { channels: [channelFrom(source)] });
}

function drawn(topology: Topology): string {
  return topologyLines(topology, 10, plain.paint).join('\n');
}

test('a cluster is drawn as Orchestrator draws it, brackets aligned', () => {
  const members = [
    replicaMember('db10:3306', 'db2:3306', 3),
    masterMember('db1:3306'),
    replicaMember('db2:3306', 'db1:3306'),
    replicaMember('db3:3306', 'db1:3306', 30),
  ];
  expect(drawn(topologyOf('orders', members))).toBe(
    [
      'db1:3306      [0s,ok,10.11.19-MariaDB,rw,ROW,>>,GTID]',
      '+ db2:3306    [0s,ok,10.11.19-MariaDB,ro,ROW,>>,GTID]',
      '  + db10:3306 [3s,ok,10.11.19-MariaDB,ro,ROW,>>,GTID]',
      '+ db3:3306    [30s,lag,10.11.19-MariaDB,ro,ROW,>>,GTID]',
    ].join('\n'),
  );
});

test('a dead master stays at the top with its reason, its replicas below it', () => {
  const lost = mariadbServer('db2:3306', {
    readOnly: true,
    channels: [channelFrom('db1:3306', { receiver: 'connecting', lagSeconds: null })],
  });
  const members = [
    deadMaster('db1:3306'),
    memberAs('replica', 'db1:3306', instanceOf('db2:3306', lost)),
  ];
  expect(drawn(topologyOf('orders', members))).toBe(
    [
      'db1:3306   [unknown,invalid,10.11.19-MariaDB,rw,ROW,>>,GTID,refused]',
      '- db2:3306 [null,nonreplicating,10.11.19-MariaDB,ro,ROW,>>,GTID]',
    ].join('\n'),
  );
});

test('an instance that never answered shows no more than its silence', () => {
  const members = [memberAs('detached', null, silentInstance('db9:3306'))];
  expect(drawn(topologyOf('orders', members))).toBe('db9:3306 [unknown,invalid,refused]');
});

test('file and position, and no binary log, are told', () => {
  const server = fileServer('db1:3306', { binlog: false, logsReplicaUpdates: false });
  expect(
    drawn(topologyOf('orders', [memberAs('master', null, instanceOf('db1:3306', server))])),
  ).toBe('db1:3306 [0s,ok,5.6.24,rw,nobinlog]');
});

test('two masters that read from each other are drawn once each', () => {
  const members = [
    memberAs('co-master', 'db2:3306', instanceOf('db1:3306', readingFrom('db2:3306'))),
    memberAs('co-master', 'db1:3306', instanceOf('db2:3306', readingFrom('db1:3306'))),
  ];
  expect(
    topologyLines(topologyOf('orders', members), 10, plain.paint).map((it) => it.split(' [')[0]),
  ).toEqual(['db1:3306  ', '+ db2:3306']);
});

test('a delay that somebody configured is no lag', () => {
  const server = mariadbServer('db1:3306', {
    channels: [channelFrom('x:1', { lagSeconds: 600, delaySeconds: 600 })],
  });
  expect(
    drawn(topologyOf('orders', [memberAs('replica', 'x:1', instanceOf('db2:3306', server))])),
  ).toContain('[600s,ok,');
});

test('colours do not move the brackets', () => {
  const pen = coloured();
  const lines = topologyLines(
    topologyOf('orders', [masterMember('db1:3306'), deadMaster('db2:3306')]),
    10,
    pen.paint,
  ).map(pen.line);
  expect(new Set(lines.map((it) => it.indexOf('[')))).toEqual(new Set([9]));
  expect(lines.join('')).toContain('\u001B[32mok\u001B[39m');
});

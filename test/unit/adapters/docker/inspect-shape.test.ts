import { expect, test } from 'vitest';
import { readContainer } from '../../../../src/adapters/docker/inspect-shape.ts';

const id = 'ab12'.repeat(16);

/** As Docker 20.10 answers, without what we do not read. */
function inspected(parts: {
  readonly state?: object;
  readonly config?: object;
  readonly args?: readonly string[];
  readonly network?: object;
  readonly bindings?: object;
  readonly open?: object;
}): unknown {
  return {
    Id: id,
    Name: '/db001',
    Path: 'docker-entrypoint.sh',
    Args: parts.args ?? ['mysqld'],
    State: {
      Status: 'running',
      ExitCode: 0,
      Error: '',
      StartedAt: '2026-11-28T01:00:00Z',
      ...parts.state,
    },
    Config: {
      Image: 'mysql:8.4',
      Hostname: 'db001',
      Env: ['MYSQL_ROOT_PASSWORD=secret'],
      ExposedPorts: { '3306/tcp': {}, '33060/tcp': {} },
      Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'db' },
      ...parts.config,
    },
    HostConfig: { NetworkMode: 'mybridge', PortBindings: parts.bindings ?? {} },
    NetworkSettings: {
      Ports: parts.open ?? {},
      Networks: {
        mybridge: {
          IPAddress: '172.18.0.2',
          GlobalIPv6Address: '',
          Gateway: '172.18.0.1',
          IPv6Gateway: '',
          Aliases: ['primary', id.slice(0, 12)],
          ...parts.network,
        },
      },
    },
  };
}

test('what is read of a running server', () => {
  const open = { '3306/tcp': [{ HostIp: '127.0.0.1', HostPort: '13311' }], '33060/tcp': null };
  expect(readContainer(inspected({ open }))).toEqual({
    id,
    name: 'db001',
    image: 'mysql:8.4',
    state: 'running',
    exitCode: null,
    error: '',
    startedAt: '2026-11-28T01:00:00Z',
    project: 'shop',
    service: 'db',
    hostname: 'db001',
    networks: [
      { name: 'mybridge', aliases: ['primary'], address: '172.18.0.2', gateway: '172.18.0.1' },
    ],
    onHostNetwork: false,
    published: [{ inner: 3306, hostAddress: '127.0.0.1', hostPort: 13311 }],
    isServer: true,
    serverPort: 3306,
  });
});

test('a stopped one keeps the ports that it was told to open, and how it ended', () => {
  const bindings = { '3306/tcp': [{ HostIp: '', HostPort: '13311' }] };
  const state = { Status: 'exited', ExitCode: 137 };
  const read = readContainer(inspected({ state, bindings, network: { IPAddress: '' } }));
  expect(read).toMatchObject({
    state: 'exited',
    exitCode: 137,
    published: [{ inner: 3306, hostAddress: '', hostPort: 13311 }],
    networks: [{ address: null }],
  });
});

test('one that never started has no exit code, but tells why', () => {
  const state = {
    Status: 'created',
    ExitCode: 128,
    StartedAt: '0001-01-01T00:00:00Z',
    Error: 'driver failed programming external connectivity: port is already allocated',
  };
  expect(readContainer(inspected({ state }))).toMatchObject({
    state: 'created',
    exitCode: null,
    startedAt: '',
    error: state.Error,
  });
});

test.each([
  {
    says: 'the image',
    config: { Image: 'docker.io/library/mariadb:11', Env: [], ExposedPorts: {} },
    is: true,
  },
  {
    says: 'the command',
    config: { Image: 'own', Env: [], ExposedPorts: {} },
    args: ['/usr/sbin/mariadbd'],
    is: true,
  },
  {
    says: 'the port',
    config: { Image: 'own', Env: [], ExposedPorts: { '3306/tcp': {} } },
    is: true,
  },
  {
    says: 'the environment',
    config: { Image: 'own', Env: ['MARIADB_ROOT_PASSWORD=x'], ExposedPorts: {} },
    is: true,
  },
  {
    says: 'an application',
    config: { Image: 'wordpress', Env: ['WORDPRESS_DB_HOST=db'], ExposedPorts: { '80/tcp': {} } },
    is: false,
  },
  {
    says: 'a tool for servers',
    config: {
      Image: 'prom/mysqld-exporter',
      Env: ['MYSQL_HOST=db'],
      ExposedPorts: { '9104/tcp': {} },
    },
    is: false,
  },
])('$says tells whether it runs a server', ({ config, args = ['run'], is }) => {
  expect(readContainer(inspected({ config, args })).isServer).toBe(is);
});

test.each([
  { args: ['mysqld', '--port=3307'], port: 3307 },
  { args: ['mysqld', '--port', '3308'], port: 3308 },
  { args: ['mysqld'], port: 3306 },
])('$args listens on $port', ({ args, port }) => {
  expect(readContainer(inspected({ args })).serverPort).toBe(port);
});

test('a wrong answer is told by its field, without its value', () => {
  const wrong = inspected({ config: { Env: 'MYSQL_ROOT_PASSWORD=secret' } });
  expect(() => readContainer(wrong)).toThrow(/^Config\.Env: /);
  expect(() => readContainer(wrong)).not.toThrow(/secret/);
});

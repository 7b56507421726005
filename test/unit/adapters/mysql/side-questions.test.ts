import { expect, test } from 'vitest';
import type { Session } from '../../../../src/adapters/mysql/session.ts';
import { SideQuestions } from '../../../../src/adapters/mysql/side-questions.ts';
import { askedBeside } from '../../../../src/core/engine/planner/asked-beside.ts';
import { answered } from '../../../../src/core/model/instance.ts';
import { plain } from '../../../../src/core/model/phrase.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import { memberOf } from '../../../../src/core/model/topology.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const address = 'db2:3306';
const healthy = draw('db1\n+ db2\n+ db3');
const server = answered(memberOf(healthy, address));
if (server === undefined) throw new Error('It is drawn.');

/** A session that keeps what it was asked; `refuses`: with this error, what the pattern fits. */
class Told implements Session {
  readonly address = address;
  readonly id = 1;
  readonly asked: string[] = [];
  readonly closed = false;
  busy = false;
  refuses: { readonly pattern: RegExp; readonly errno?: number } | undefined;
  /** What it answers when it is let go; at once where it is not held. */
  held: Promise<unknown> = Promise.resolve();

  async query(sql: string): ReturnType<Session['query']> {
    this.asked.push(sql);
    this.busy = true;
    await this.held;
    this.busy = false;
    if (this.refuses?.pattern.test(sql) === true) {
      const { errno } = this.refuses;
      throw new ReplicationError(
        'missing-rights',
        plain('refused'),
        errno === undefined ? {} : { errno },
      );
    }
    return [];
  }

  async queryAll(): ReturnType<Session['queryAll']> {
    return this.held.then(() => []);
  }
  async attempt(): ReturnType<Session['attempt']> {
    return this.held.then(() => ({ done: 0, failed: undefined }));
  }
  async idle(): Promise<void> {
    await this.held;
  }
  renew(): void {
    this.busy = false;
  }
  onClose(): void {
    this.busy = false;
  }
  hangUp(): void {
    this.busy = false;
  }
}

interface World {
  readonly session: Told;
  readonly questions: SideQuestions;
  now: number;
}

function world(): World {
  const session = new Told();
  const made = { session, now: 0 };
  const questions = new SideQuestions({
    sessionAt: () => session,
    queryTimeoutMs: 1000,
    clock: { monotonic: () => made.now },
  });
  return Object.assign(made, { questions });
}

interface Gate {
  readonly opened: Promise<undefined>;
  readonly open: () => void;
}

const nothing = (): void => undefined;

function gate(): Gate {
  let open = nothing;
  const opened = new Promise<undefined>((resolve) => {
    open = () => {
      resolve(undefined);
    };
  });
  return { opened, open };
}

const users = ['repl'];

test('locks and accounts are asked side by side, and never behind a question of a round', async () => {
  const { session, questions } = world();
  const held = gate();
  session.held = held.opened;
  const locks = questions.hindrance(address, server);
  const accounts = questions.accountsOf(address, { server, users });
  expect(session.asked).toHaveLength(2);
  held.open();
  expect(await locks).toBeUndefined();
  expect(await accounts).toEqual([]);
  session.busy = true;
  expect(await questions.accountsOf(address, { server, users })).toBeUndefined();
  expect(session.asked).toHaveLength(2);
});

test.each([1044, 1142, 1143, 1227])('refused with %d it is not asked each round', async (errno) => {
  const { session, questions } = world();
  session.refuses = { pattern: /metadata_locks/, errno };
  const rounds = async (): Promise<void> => {
    await questions.hindrance(address, server);
    await questions.accountsOf(address, { server, users });
  };
  await rounds();
  await rounds();
  await rounds();
  const locks = session.asked.filter((it) => it.includes('metadata_locks'));
  expect(locks).toHaveLength(1);
});

test('what is refused is asked again once rights may have changed, and on a new session at once', async () => {
  const made = world();
  made.session.refuses = { pattern: /mysql\.user/, errno: 1142 };
  const ask = async (): Promise<unknown> => made.questions.accountsOf(address, { server, users });
  expect(await ask()).toBeUndefined();
  const first = made.session.asked.length;
  made.now = 29_000;
  expect(await ask()).toBeUndefined();
  expect(made.session.asked).toHaveLength(first);
  made.session.refuses = undefined;
  made.now = 31_000;
  expect(await ask()).toEqual([]);
});

test('an error that is no refusal is not remembered', async () => {
  const { session, questions } = world();
  session.refuses = { pattern: /mysql\.user/ };
  await questions.accountsOf(address, { server, users });
  const first = session.asked.length;
  await questions.accountsOf(address, { server, users });
  expect(session.asked).toHaveLength(2 * first);
});

test('a decision waits for both at the same time', async () => {
  const asked: string[] = [];
  const held = gate();
  const silent = draw('db1 silent\n+ db2\n+ db3');
  const decided = askedBeside(
    silent,
    {
      policy: () => Promise.resolve(policy),
      hindrances: {
        hindrance: async (at) => {
          asked.push(`locks of ${at}`);
          await held.opened;
          return undefined;
        },
      },
      demands: {
        accountsOf: async (at) => {
          asked.push(`accounts of ${at}`);
          await held.opened;
          return [];
        },
      },
    },
    [],
  );
  await expect
    .poll(() => asked.toSorted())
    .toEqual([
      'accounts of db2:3306',
      'accounts of db3:3306',
      'locks of db2:3306',
      'locks of db3:3306',
    ]);
  held.open();
  expect((await decided).sourceAccounts?.size).toBe(2);
});

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmbeddedProxy } from '../../../../src/adapters/proxy/embedded-proxy.ts';
import {
  named,
  openProxy,
  startClient,
  startTarget,
  type Client,
  type Target,
} from '../../../support/harness/proxy/ends.ts';
import { until } from '../../../support/harness/until.ts';

const names = ['db1', 'db2', 'db3'] as const;
let targets: readonly Target[];

beforeAll(async () => {
  targets = await Promise.all(names.map((it) => startTarget(named(it))));
});
afterAll(async () => {
  await Promise.all(targets.map((it) => it.kill()));
});

type Deed =
  | { readonly kind: 'leadTo'; readonly place: number }
  | { readonly kind: 'hold' | 'connect' | 'ask' | 'leave' | 'settle' };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ kind: fc.constant('leadTo' as const), place: fc.nat({ max: names.length - 1 }) }),
  fc.record({ kind: fc.constantFrom('hold', 'connect', 'connect', 'ask', 'leave', 'settle') }),
);

/** What was told to the proxy, and the clients that came. */
interface Story {
  readonly proxy: EmbeddedProxy;
  readonly listen: string;
  readonly clients: Client[];
  target: number | undefined;
}

async function perform(story: Story, it: Deed): Promise<void> {
  const { proxy, clients } = story;
  switch (it.kind) {
    case 'leadTo':
      story.target = it.place;
      proxy.leadTo(targets[it.place]?.address ?? '');
      break;
    case 'hold':
      story.target = undefined;
      await proxy.hold();
      break;
    case 'connect':
      clients.push(await startClient(story.listen));
      break;
    case 'ask':
      clients.filter(isOpen).forEach(({ socket }) => socket.write('?'));
      break;
    case 'leave':
      clients.shift()?.socket.resetAndDestroy();
      break;
    case 'settle':
      await settled(story);
      break;
    default:
      it satisfies never;
  }
}

function isOpen({ fate }: Client): boolean {
  return fate() === 'open';
}

/** Everybody who is open hears the target of now, and the targets have exactly those connections. */
async function settled({ proxy, clients, target }: Story): Promise<void> {
  const open = (): readonly Client[] => clients.filter(isOpen);
  await until('targets to have the connections of the proxy', () => {
    const expected = names.map((_, place) => (place === target ? open().length : 0));
    return (
      proxy.show().connections === open().length &&
      targets.every((it, place) => it.sockets.size === expected[place])
    );
  });
  if (target !== undefined) {
    const name = names[target] ?? '';
    await until(`everybody to hear ${name}`, () =>
      open().every((it) => it.heard().startsWith(name)),
    );
  }
}

test('in whatever order it is told to hold, to lead and to serve, nobody hears two servers or the wrong one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 40 }), async (deeds) => {
      const story: Story = { ...(await openProxy()), clients: [], target: undefined };
      const everybody: Client[] = [];
      try {
        for (const it of deeds) {
          await perform(story, it);
          story.clients
            .filter((one) => !everybody.includes(one))
            .forEach((one) => everybody.push(one));
        }
        await settled(story);
        for (const { heard } of everybody) {
          expect(
            new Set(
              heard()
                .split('\n')
                .filter((line) => line !== ''),
            ).size,
          ).toBeLessThan(2);
        }
      } finally {
        await story.proxy.close();
        everybody.forEach(({ socket }) => socket.destroy());
        await until('the targets to be left', () => targets.every((it) => it.sockets.size === 0));
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

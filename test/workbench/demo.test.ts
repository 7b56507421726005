import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../support/harness/until.ts';

const root = resolve(import.meta.dirname, '../..');
const out = resolve(root, 'out');
const limitMs = 120_000;

test('the demo asks for a password, and started by root its processes belong to an ordinary user', async () => {
  const vsix = readdirSync(out).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('Build the package first: npm run package');
  const demo = spawn(
    process.execPath,
    ['--no-warnings', resolve(root, 'test/demo/demo.ts'), resolve(out, vsix)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(demo, 'exit');
  let told = '';
  demo.stdout.on('data', (text: Buffer) => (told += text.toString()));
  try {
    await until('the demo runs', () => told.includes('Ctrl+C ends it'), limitMs);
    const address = /Switchover runs at (\S+)/.exec(told)?.[1] ?? '';
    expect(new URL(address).hostname).toBe('127.0.0.1');
    const page = await fetch(address, { redirect: 'manual' });
    expect([page.status, page.headers.get('location')]).toEqual([
      302,
      expect.stringContaining('/login'),
    ]);
    const password = /Its password is (\S+)/.exec(told)?.[1] ?? '';
    const login = await fetch(new URL('/login', address), {
      method: 'POST',
      body: new URLSearchParams({ password }),
      redirect: 'manual',
    });
    expect([login.status, login.headers.get('set-cookie')]).toEqual([302, expect.any(String)]);
    const folder = new URL(address).searchParams.get('folder') ?? '';
    const processes = processesOf(resolve(folder, '..'));
    expect(processes.filter((it) => it.args.includes('--defaults-file=')).length).toBe(3);
    expect(processes.length).toBeGreaterThan(3);
    const mayBeRoot = told.includes('it runs as root: an ordinary user cannot read this folder');
    expect(mayBeRoot ? [] : processes.filter((it) => it.user === 0)).toEqual([]);
  } finally {
    demo.kill('SIGINT');
    await ended;
  }
});

/** Those that name the folder in their arguments, as its servers and its workbench do. */
function processesOf(folder: string): readonly { readonly user: number; readonly args: string }[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'uid=,args='], { encoding: 'utf8' }).split('\n');
  return lines
    .filter((it) => it.includes(`${folder}/`))
    .map((it) => /^ *(\d+) (.*)$/.exec(it) ?? [])
    .map(([, user, args = '']) => ({ user: Number(user), args }));
}

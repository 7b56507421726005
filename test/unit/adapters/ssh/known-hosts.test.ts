import { expect, test } from 'vitest';
import {
  fingerprintOf,
  judgeHostKey,
  knownHostsLine,
  knownKeyTypes,
} from '../../../../src/adapters/ssh/known-hosts.ts';

// A key, and what ssh-keygen says of it and makes of its line.
const text = 'AAAAC3NzaC1lZDI1NTE5AAAAIEroA4fL3WtrGZCphzUQqj9xCPp95JlsQ0X2FlJHz/xs';
const fingerprint = 'SHA256:oX8hWH873y3tuZajnDu6jF7roWOCQx79m2P0ygbrM9w';
const hashed = '|1|3fOMovVrKn08SFG8zELWYDOfxh8=|L2zWUQCDd6/SttFqYLN9ZiEnUFI=';
const key = Buffer.from(text, 'base64');
const line = `ssh-ed25519 ${text}`;
const at = { host: 'Bastion.example', port: 2222 };
const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

test('a fingerprint is the one of ssh-keygen', () => {
  expect(fingerprintOf(key)).toBe(fingerprint);
});

test.each([
  ['a name with its port', `[bastion.example]:2222 ${line}`, 'trusted'],
  ['a hashed name', `${hashed} ${line}`, 'trusted'],
  ['a list with a wildcard', `db,[*.example]:2222 ${line}`, 'trusted'],
  ['a name that is excepted', `[*.example]:2222,![bastion.example]:2222 ${line}`, 'unknown'],
  ['the same key without the port', `bastion.example ${line}`, 'trusted'],
  ['another key without the port', `bastion.example ${other}`, 'unknown'],
  ['another key', `# mine\n[bastion.example]:2222 ${other}`, 'changed'],
  [
    'a revoked key beside the trusted one',
    `${hashed} ${line}\n@revoked * ${line}\n@revoked [*]:* ${line}`,
    'revoked',
  ],
  ['an authority', `@cert-authority [*.example]:2222 ${line}`, 'unknown'],
  ['another port', `[bastion.example]:2223 ${line}`, 'unknown'],
  ['nothing', '', 'unknown'],
])('%s', (_says, written, kind) => {
  expect(judgeHostKey([{ file: 'known_hosts', text: written }], at, key).kind).toBe(kind);
});

test.each([undefined, Buffer.alloc(20, 7)])('a line that was written is trusted', (salt) => {
  const written = knownHostsLine(at, key, salt);
  const files = [{ file: 'known_hosts', text: written }];
  expect(judgeHostKey(files, at, key)).toEqual({ kind: 'trusted' });
  expect(knownKeyTypes(files, at)).toEqual(['ssh-ed25519']);
  expect(written.includes('bastion')).toBe(salt === undefined);
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, extensions, type Extension } from 'vscode';
import { eventually, type InHostTest } from './in-host-test.ts';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

function installed(): Extension<unknown> {
  const extension = extensions.getExtension('switchover.switchover');
  assert(extension, 'The extension is not installed.');
  return extension;
}

export const activationTests: readonly InHostTest[] = [
  {
    name: 'the extension starts with the workbench, without being asked',
    run: async () => {
      await eventually('the extension is active', () => installed().isActive || undefined);
    },
  },
  {
    name: 'every command of the manifest does something',
    run: async () => {
      const manifest: Manifest = installed().packageJSON;
      const declared = manifest.contributes.commands.map(({ command }) => command);
      assert(declared.length > 5, 'The manifest names hardly any command.');
      const registered = new Set(await commands.getCommands(true));
      assert.deepEqual(
        declared.filter((command) => !registered.has(command)),
        [],
      );
    },
  },
  {
    name: 'the licences of what is bundled are in the package',
    run: async () => {
      const file = join(installed().extensionPath, 'THIRD_PARTY_NOTICES.txt');
      const notices = await readFile(file, 'utf8');
      assert.match(notices, /^mysql2 \d/m);
      assert.match(notices, /^@vscode\/codicons \d/m);
    },
  },
];

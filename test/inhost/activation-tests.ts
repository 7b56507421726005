import assert from 'node:assert/strict';
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
];

import assert from 'node:assert/strict';
import { TreeItemCollapsibleState } from 'vscode';
import {
  setStatusBarMessage,
  Tooltip,
  treeItem,
  withProgress,
} from '../../src/extension/ui/window.ts';
import type { InHostTest } from './in-host-test.ts';

const hostile =
  '[Accept](command:switchover.showLog) $(pass) ![i](http://x/i)\u001B]0;t\u0007\u202E';

function assertTame(text: string | undefined): void {
  assert(text !== undefined && text.includes('Accept'), 'The words are gone.');
  assert(!/\]\(|\$\(|\p{Cf}/u.test(text), text);
  assert(!text.includes('\u001B') && !text.includes('\u0007'), text);
}

export const surfaceTests: readonly InHostTest[] = [
  {
    name: 'words of a server are neither links nor icons in what the editor is given',
    run: async () => {
      const { page } = new Tooltip().mark('**').text(hostile).mark('**').code(hostile, 'sql');
      assertTame(page.value);
      assert.notEqual(page.isTrusted, true);
      assert.notEqual(page.supportHtml, true);
      const item = treeItem(hostile, TreeItemCollapsibleState.None, hostile);
      assertTame(typeof item.label === 'string' ? item.label : item.label?.label);
      assertTame(typeof item.description === 'string' ? item.description : undefined);
      setStatusBarMessage(hostile, 1);
      const work = await withProgress({ location: 10, title: hostile }, (progress) => {
        progress.report({ message: hostile });
        return Promise.resolve('done');
      });
      assert.equal(work, 'done');
    },
  },
];

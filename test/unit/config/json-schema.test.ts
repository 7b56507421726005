import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { manifestOf } from '../../../src/config/json-schema.ts';

/**
 * `UPDATE=1 npx vitest run test/unit/config/json-schema.test.ts` writes the settings into the manifest
 * and their English texts into package.nls.json.
 */
const update = process.env['UPDATE'] === '1';
const { configuration, texts } = manifestOf();
const packageFile = new URL('../../../package.json', import.meta.url);
const textsFile = new URL('../../../package.nls.json', import.meta.url);

test('the manifest describes the settings exactly as the schemas that check them', () => {
  const manifest = read(packageFile);
  if (update)
    write(packageFile, {
      ...manifest,
      contributes: { ...Object(manifest['contributes']), configuration },
    });
  const written = read(packageFile)['contributes'];
  expect(Object(written)).toHaveProperty(
    'configuration',
    JSON.parse(JSON.stringify(configuration)),
  );
});

test('every description of a setting has its English text', () => {
  if (update) write(textsFile, { ...(existsSync(textsFile) ? read(textsFile) : {}), ...texts });
  expect(read(textsFile)).toMatchObject(texts);
  expect(Object.keys(texts).length).toBeGreaterThan(30);
});

test('programs to run are settings of the user only', () => {
  for (const name of ['switchover.preFailoverProcesses', 'switchover.postFailoverProcesses']) {
    expect(configuration.properties[name]).toMatchObject({ scope: 'machine', default: [] });
  }
  expect(configuration.properties['switchover.clusters']).not.toHaveProperty('scope');
});

function read(file: URL): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
}

function write(file: URL, content: object): void {
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}

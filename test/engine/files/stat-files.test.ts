import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { statFiles } from '../../../engine/files/stat-files.ts';
import { fileStat } from '../../../engine/files/stats.ts';
import { project } from './files-project.ts';

const names = Array.from({ length: 1500 }, (_, index) => `${index}.txt`);

/** Below and above what is worth a thread. */
const ways: readonly (readonly [string, number | undefined])[] = [
  ['by one thread', undefined],
  ['by two threads', 1],
];

for (const [way, worth] of ways) {
  test(`many files are asked for ${way}, each in its row, over and over`, async (context) => {
    const { root } = project(context, Object.fromEntries(names.map((name) => [name, name])));
    const expected = names.flatMap((name) => {
      const { bytes, mtime, ctime, inode } = fileStat(fs.statSync(join(root, name)));
      return [bytes, mtime, ctime, inode];
    });
    for (let round = 0; round < 40; round++) {
      assert.deepEqual([...(statFiles(root, names, worth) ?? [])], expected);
      // The other thread starts meanwhile, and takes part in the later rounds.
      await wait(10);
    }
    fs.truncateSync(join(root, '777.txt'));
    assert.equal(statFiles(root, names, worth)?.[777 * 4], 0);
  });

  test(`a path that is no file any more is noticed ${way}`, async (context) => {
    const { root } = project(context, Object.fromEntries(names.map((name) => [name, name])));
    fs.rmSync(join(root, '1499.txt'));
    assert.equal(statFiles(root, names, worth), undefined);
    fs.mkdirSync(join(root, '1499.txt'));
    assert.equal(statFiles(root, names, worth), undefined);
  });
}

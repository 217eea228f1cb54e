import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findPlanted } from './planted.ts';
import { makeFolder } from './run-stage.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

for (const seed of [42, 7, 1])
  test(`of what was planted in the contest drawn with seed ${seed}, the models of its folds find nearly all`, async (context) => {
    const found = await findPlanted({ root, folder: await makeFolder(context), seed });
    assert.deepEqual([found.wrongLabels, found.turned], [8, 6]);
    const early = found.labels.filter((place) => place <= 16);
    assert.ok(early.length >= 7, `wrong labels are named at ${found.labels}: ${early.length} of 8 among the first 16`);
    assert.deepEqual(found.missed, []);
    assert.ok(found.upright.length <= 2, `proposed for turning, and lie upright: ${found.upright}`);
    assert.deepEqual(found.sideways, []);
  });

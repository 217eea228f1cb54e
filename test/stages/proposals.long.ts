import assert from 'node:assert/strict';
import { cp, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { readTable } from '../../vision/labels/table.ts';
import { makeFolder } from './run-stage.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Truth {
  readonly wrongLabels: readonly { readonly photo: string }[];
  readonly turned: readonly { readonly photo: string; readonly turn: number }[];
  readonly sideways: readonly { readonly photo: string }[];
}

test('of what was planted in the drawn contest, the models of its folds find nearly all', async (context) => {
  const folder = await makeFolder(context);
  for (const name of ['engine', 'stages', 'vision', 'package.json', 'pipeline.yaml'])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await execa('node', ['engine/cli/flow.mjs', 'run', 'proposals'], { cwd: folder });

  const truth = JSON.parse(await readFile(join(folder, 'artifacts/sample/truth.json'), 'utf8')) as Truth;
  const { rows } = await readTable(join(folder, 'artifacts/proposals/proposals.csv'), ['photo', 'turn', 'kind']);
  const wrong = new Set(truth.wrongLabels.map(({ photo }) => photo));
  const found = rows.slice(0, 16).filter((row) => row.get('kind') === 'label' && wrong.has(row.get('photo')));
  assert.equal(wrong.size, 8);
  assert.ok(found.length >= 7, `${found.length} of 8 wrong labels are among the first 16 proposals`);

  const turns = rows.filter((row) => row.get('kind') === 'turn').map((row) => `${row.get('photo')} ${row.get('turn')}`);
  const planted = truth.turned.map(({ photo, turn }) => `${photo} ${turn}`);
  assert.equal(planted.length, 6);
  assert.deepEqual(
    planted.filter((one) => !turns.includes(one)),
    [],
  );
  assert.ok(turns.length <= 8, `${turns.length - 6} photos are proposed for turning that lie upright`);
  const sideways = truth.sideways.map(({ photo }) => photo);
  assert.deepEqual(
    turns.filter((one) => sideways.includes(one.split(' ')[0] as string)),
    [],
  );
});

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { measureFolder } from '../../../engine/store/measure.ts';
import { createProject } from './project.ts';

test('a folder that vanishes while it is measured counts as far as it was seen', async (context) => {
  const project = createProject(context);
  project.write('kept/a', 'four');
  for (let index = 0; index < 300; index++) project.write(`gone/${index}/deep/a`, 'four');
  assert.deepEqual(await measureFolder(project.root), { files: 301, bytes: 1204 });
  assert.deepEqual(await measureFolder(project.path('never there')), { files: 0, bytes: 0 });

  const measured = measureFolder(project.root);
  await turn();
  rmSync(join(project.root, 'gone'), { recursive: true });
  const { files } = await measured;
  assert.ok(files >= 1 && files < 301, `${files} files`);
});

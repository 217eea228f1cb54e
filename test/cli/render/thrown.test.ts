import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeThrown } from '../../../engine/cli/render/thrown.ts';

test('a fault of the disk is a sentence, anything else a bug with its stack', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    path: '/x/objects/ab',
  });
  assert.match(
    describeThrown(full),
    /^error: the disk is full: \/x\/objects\/ab\n {2}what was finished before is kept/,
  );
  let thrown: unknown;
  try {
    writeFileSync('/no/such/folder/file', '');
  } catch (error) {
    thrown = error;
  }
  assert.match(describeThrown(thrown), /^This is a bug in flow; .*\nError: ENOENT: [\s\S]*thrown\.test\.ts/);
  assert.match(describeThrown('odd'), /\nodd\n$/);
});

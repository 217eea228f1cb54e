import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../../engine/cli/settings.ts';

test('values are YAML', async () => {
  const { settings, diagnostics } = await readSettings({
    profile: 'quality',
    set: [
      'recipe.lr=1e-4',
      'train=../shared/photos',
      'folds=[0, 1]',
      'testLabels=null',
      'net={ size: 96 }',
      'note=a=b',
      'empty=',
    ],
  });
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(settings, {
    profile: 'quality',
    set: [
      { path: 'recipe.lr', value: 1e-4 },
      { path: 'train', value: '../shared/photos' },
      { path: 'folds', value: [0, 1] },
      { path: 'testLabels', value: null },
      { path: 'net', value: { size: 96 } },
      { path: 'note', value: 'a=b' },
      { path: 'empty', value: null },
    ],
  });
});

test('every wrong setting is named', async () => {
  const { diagnostics } = await readSettings({ set: ['lr', '=1', 'a..b=1', 'a b=1', 'folds=[0, 1'] });
  assert.deepEqual(
    diagnostics.map(({ message }) => message.replace(/not YAML: .*/, 'not YAML')),
    [
      "--set 'lr' is not of the form NAME=VALUE",
      "--set '=1' is not of the form NAME=VALUE",
      "--set 'a..b=1' is not of the form NAME=VALUE",
      "--set 'a b=1' is not of the form NAME=VALUE",
      "the value of --set 'folds=[0, 1' is not YAML",
    ],
  );
});

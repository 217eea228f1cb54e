import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeChange, describeChanges, explainChange } from '../../../engine/cli/render/change.ts';
import type { Change } from '../../../engine/model/decision.ts';
import type { Json } from '../../../engine/model/names.ts';

const digest = (character: string) => character.repeat(64);

function changed(path: string, before?: Json, after?: Json): Change {
  return { kind: 'changed', path, before, after };
}

test('each part of the key has its few words', () => {
  const cases: readonly (readonly [Change, string])[] = [
    [{ kind: 'first-run' }, 'first run'],
    [{ kind: 'forced' }, 'forced'],
    [{ kind: 'output-missing', out: 'model' }, 'model is missing'],
    [{ kind: 'output-missing', out: 'model', dropped: true }, 'flow gc dropped model'],
    [{ kind: 'output-damaged', out: 'model' }, 'model was damaged'],
    [{ kind: 'accepted', because: 'renamed a variable' }, 'accepted as equal: renamed a variable'],
    [changed('with.recipe.lr', 2e-4, 1e-4), 'lr 0.0002 → 0.0001'],
    [changed('with.seed', undefined, 3), 'seed is new: 3'],
    [changed('with.suffix', '', '!'), 'suffix "" → !'],
    [changed('with.seed', 3, undefined), 'seed is gone (was 3)'],
    [changed('with.list', [1], ['x'.repeat(60)]), `list [1] → ["${'x'.repeat(37)}…`],
    [changed('matrix.fold', 1, 2), 'fold 1 → 2'],
    [changed('in.photos.digest', digest('a'), digest('b')), 'photos changed'],
    [changed('in.photos.name', 'a.jpg', 'b.jpg'), 'photos a.jpg → b.jpg'],
    [changed('in.photo.items.0.digest', digest('a'), digest('b')), 'photo changed'],
    [changed('in.corrections', null, { digest: digest('a') }), 'input corrections is new'],
    [changed('in.corrections', { digest: digest('a') }, undefined), 'input corrections is gone'],
    [changed('in.logits', [], [{}]), 'logits changed'],
    [changed('code.module', digest('a'), digest('b')), 'code changed'],
    [changed('code.command', 'a', 'b'), 'command changed'],
    [changed('code.packages.sharp', '0.35.5', '0.36.0'), 'package sharp 0.35.5 → 0.36.0'],
    [changed('code.files.tools/paste.py', digest('a'), digest('b')), 'code file tools/paste.py changed'],
    [changed('out.model', 'a', 'b'), 'output model a → b'],
    [changed('env.LANG', 'C', null), '$LANG C → null'],
    [changed('platform.node', 20, 22), 'node 20 → 22'],
    [changed('contract', 1, 2), 'a new version of flow'],
  ];
  for (const [change, words] of cases) assert.equal(describeChange(change), words);
});

test('equal words are said once, and what does not fit is counted', () => {
  const changes = [
    changed('in.a.digest', 1, 2),
    changed('in.a.x', 1, 2),
    changed('in.b.digest', 1, 2),
    changed('in.c.digest', 1, 2),
  ];
  assert.equal(describeChanges(changes), 'a changed, b changed and 1 more change');
  assert.equal(describeChanges([]), '');
});

test('in full a change names its whole path, and an input as why does', () => {
  assert.equal(explainChange(changed('with.recipe.lr', 2e-4, 1e-4)), 'with.recipe.lr 0.0002 → 0.0001');
  assert.equal(explainChange(changed('in.photos.digest', digest('a'), digest('b'))), 'input photos changed');
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parse } from 'yaml';
import { contestRanger } from '../../../vision/training/ranger.ts';
import { recipeSchema } from '../../../vision/training/recipe.ts';

test("the profile contest is the contest's recipe", async () => {
  const pipeline = parse(await readFile(new URL('../../../pipeline.yaml', import.meta.url), 'utf8'));
  const { net, recipe, frozen, seed, secondSeed } = { ...pipeline.vars, ...pipeline.profiles.contest };
  assert.deepEqual([net.name, net.size], ['efficientnet-b4', 600]);
  assert.match(net.weights, /\/adv-efficientnet-b4-44fb3a87\.pth#sha256=44fb3a87$/);
  assert.deepEqual(frozen, { photos: null, turned: null, pasted: null });
  assert.deepEqual(recipeSchema.parse({ ...pipeline.vars.recipe, ...recipe }), {
    epochs: 35,
    batch: 3,
    accumulate: 1,
    averaging: 0,
    flips: false,
    warmUp: 0,
    lr: 2e-4,
    patience: 26,
    saveFrom: 6,
    freeze: 0,
    variants: 1,
    headStart: 'random',
    statistics: 'batch',
    restart: { first: 10, factor: 2 },
  });
  assert.deepEqual(contestRanger, {
    betas: [0.95, 0.999],
    epsilon: 1e-5,
    every: 6,
    alpha: 0.5,
    clamp: 1,
    rectifiedAbove: 5,
  });
  assert.deepEqual([pipeline.stages.folds.with.seed, pipeline.stages.folds2.with.seed], ['$seed', '$secondSeed']);
  assert.deepEqual([seed, secondSeed], [42, 42]);
  // Round 1 leaves pasted photos out.
  assert.equal('pasted' in pipeline.stages.folds.in, false);
  assert.equal(pipeline.stages.folds2.in.pasted, 'cutmix.photos');
});

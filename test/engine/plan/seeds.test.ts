import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '../../../engine/hash/digest.ts';
import type { KeyMaterial } from '../../../engine/model/record.ts';
import { itemSeeds, seedOf } from '../../../engine/plan/material.ts';

test('a seed is the digest of parameters, matrix values and the item, whose shared part is encoded once', () => {
  const shared = { with: { z: 1, a: ['x', null] }, matrix: { fold: 2 } };
  const material = { ...shared, contract: 1, code: {}, in: {}, out: {}, env: {}, platform: {} } as KeyMaterial;
  for (const id of ['a.jpg', 'q"uo\\te', '\u{1F600}'])
    assert.equal(itemSeeds(material)(id), digestOf({ ...shared, item: id }));
  assert.equal(seedOf(material), digestOf({ ...shared, item: null }));
});

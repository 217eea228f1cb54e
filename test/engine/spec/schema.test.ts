/** The schema that editors use, checked with zod's reading of JSON schemas: what it refuses, the parser refuses too. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { stageKeys } from '../../../engine/spec/stage.ts';
import { said, stageWith } from './said.ts';

const text = readFileSync(new URL('../../../engine/spec/pipeline.schema.json', import.meta.url), 'utf8');
const schema = z.fromJSONSchema(JSON.parse(text));
const shipped = readFileSync(new URL('../../../pipeline.yaml', import.meta.url), 'utf8');

test('the shipped pipeline is valid', () => {
  assert.deepEqual(schema.safeParse(parseYaml(shipped)).error?.issues ?? [], []);
});

test('the schema knows the keys that the parser knows', () => {
  const { definitions } = JSON.parse(text);
  assert.deepEqual(Object.keys(definitions.stage.properties).sort(), [...stageKeys].sort());
});

const refused = [
  'vars: {}',
  'stages: { a: { use: a.ts } }',
  'stages: { a b: { use: a.ts, out: o } }',
  'stages: { a: { use: a.ts, out: {} } }',
  ...[
    'ech: 1',
    'matrix: { f: [] }',
    'matrix: { f: 3 }',
    'each: { a: x/, b: y/ }',
    'in: { x: 3 }',
    'in: { x: { from: a } }',
    'with: [1]',
    'resources: { cpu: 0 }',
    'resources: { disk: 1 }',
    'timeout: 0',
    'retries: -1',
    'deterministic: 3',
    'strict: 3',
    'batch: 0',
    'env: 3',
  ].map(stageWith),
];

for (const yaml of refused) {
  test(`refused by both: ${yaml}`, () => {
    assert.equal(schema.safeParse(parseYaml(yaml)).success, false);
    assert.notDeepEqual(said(yaml), []);
  });
}

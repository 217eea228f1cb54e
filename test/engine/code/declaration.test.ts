import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../../engine/model/names.ts';
import type { CheckedParameters } from '../../../engine/model/stage-code.ts';
import { moduleText, testProject } from './project.ts';

const resize = `
import { z } from 'zod';
import { file, folder, items, itemStage, list, optional } from 'flow/stage';
export default itemStage({
  params: z.object({
    net: z.object({ name: z.enum(['lite0', 'lite1']), size: z.number().int().min(32), weights: z.string().meta({ file: true }) }),
    recipe: z.object({ lr: z.number().positive().default(1e-3), mode: z.union([z.literal('auto'), z.number()]).optional() }).prefault({}),
    counts: z.record(z.string(), z.number()).optional(),
    sizes: z.array(z.object({ width: z.number() })).max(2, 'Two sizes are enough.').default([]),
    source: z.string().optional().meta({ file: true }),
  }),
  inputs: { weights: optional(file), photos: items, lists: list },
  outputs: { photo: file, more: folder },
  takes: ['image/jpeg'],
  facts: () => ({ facts: {}, files: [] }),
  run: () => {},
});
`;

test('a declaration is read off the bundle', async (context) => {
  const code = await testProject(context, { 's.ts': resize }).load('s.ts');
  assert.equal(code.kind, 'items');
  assert.deepEqual(code.inputs, {
    weights: { kind: 'file', optional: true },
    photos: { kind: 'items', optional: false },
    lists: { kind: 'list', optional: false },
  });
  assert.deepEqual(code.outputs, {
    photo: { kind: 'file', optional: false },
    more: { kind: 'folder', optional: false },
  });
  assert.deepEqual(code.takes, ['image/jpeg']);
  assert.deepEqual(code.fileParameters, ['net.weights', 'source']);
  assert.deepEqual([code.hasFacts, code.hasPrepare, code.hasReport], [true, false, false]);
});

const net = { name: 'lite0', size: 96, weights: 'w' };

const cases: readonly { with: JsonObject; says: readonly string[] }[] = [
  { with: { net }, says: [] },
  { with: {}, says: ['net: is required: a map'] },
  { with: { net: { ...net, size: '96' } }, says: ["net.size: must be a number, not '96'"] },
  { with: { net: { ...net, size: 96.5 } }, says: ['net.size: must be a whole number, not 96.5'] },
  { with: { net: { ...net, size: 8 } }, says: ['net.size: must be at least 32'] },
  {
    with: { net: { ...net, name: 'lite2' } },
    says: ["net.name: must be one of lite0, lite1, not 'lite2'; did you mean 'lite0'?"],
  },
  { with: { net: { name: 'lite0', size: 96 } }, says: ['net.weights: is required: a text'] },
  { with: { net, recipe: { lr: 0 } }, says: ['recipe.lr: must be more than 0'] },
  { with: { net, recipe: { Ir: 1 } }, says: ["recipe.Ir: is not known here; did you mean 'lr'?"] },
  {
    with: { net, recipe: { mode: true } },
    says: ['recipe.mode: must be auto, not true, or must be a number, not true'],
  },
  {
    with: { net, sizes: [{ widht: 3 }] },
    says: ["sizes.0.widht: is not known here; did you mean 'width'?", 'sizes.0.width: is required: a number'],
  },
  { with: { net, sizes: [1, 2, 3].map((width) => ({ width })) }, says: ['sizes: Two sizes are enough.'] },
  { with: { net, counts: { calling: 1, other: 2 } }, says: [] },
  {
    with: { net, sizess: [], recipes: {} },
    says: ["sizess: is not known here; did you mean 'sizes'?", "recipes: is not known here; did you mean 'recipe'?"],
  },
];

test('parameters are checked, with a sentence for each fault', async (context) => {
  const project = testProject(context, { 's.ts': resize });
  const code = await project.load('s.ts');
  const room = project.open();
  const said = (checked: CheckedParameters) =>
    checked.ok ? [] : checked.issues.map((issue) => `${issue.path}: ${issue.message}`);
  for (const { with: params, says } of cases) assert.deepEqual(said(await room.check(code, params)), says);
});

test('defaults are filled in, and a known answer needs no bundle', async (context) => {
  const project = testProject(context, { 's.ts': resize });
  const code = await project.load('s.ts');
  const expected = { ok: true, params: { net, recipe: { lr: 1e-3 }, sizes: [] } } as const;
  const first = project.open();
  assert.deepEqual(await first.check(code, { net }), expected);
  await first.save();
  const elsewhere = { ...code, bundle: '/nowhere/stage.mjs' };
  assert.deepEqual(await project.open().check(elsewhere, { net }), expected);
  await assert.rejects(project.open().check(elsewhere, { net: { ...net, size: 97 } }));
});

test('parameters that JSON cannot hold are refused', async (context) => {
  const project = testProject(context, {
    's.ts': moduleText().replace('z.number().default(1)', 'z.string().transform((text) => new Date(text))'),
  });
  const checked = await project.open().check(await project.load('s.ts'), { times: '2026-01-01' });
  assert.deepEqual(checked, {
    ok: false,
    issues: [{ path: '', message: 'the schema turns it into something that JSON cannot hold' }],
  });
});

test('facts are asked again when a file that they name changes, and by threads and environment', async (context) => {
  const project = testProject(context, {});
  const library = join(project.root, 'library.so');
  const calls = join(project.root, 'calls');
  project.write(
    's.ts',
    moduleText()
      .replace(
        'run:',
        `facts: ({ threads }) => {
      appendFileSync(${JSON.stringify(calls)}, 'x');
      return { facts: { threads, found: existsSync(${JSON.stringify(library)}) }, files: [${JSON.stringify(library)}] };
    },
    prepare: async ({ log }) => { log('building'); writeFileSync(${JSON.stringify(library)}, ''); },
    report: () => ['all is well'],
    run:`,
      )
      .replace('\n', "import { appendFileSync, existsSync, writeFileSync } from 'node:fs';\n"),
  );
  const code = await project.load('s.ts');
  const asked = () => (existsSync(calls) ? readFileSync(calls, 'utf8').length : 0);
  const first = project.open();
  assert.equal(first.factsKnown(code, 2), false);
  assert.deepEqual(await first.facts(code, 2), { threads: 2, found: false });
  await first.facts(code, 2);
  await first.save();
  assert.equal(asked(), 1);
  const second = project.open();
  assert.equal(second.factsKnown(code, 2), true);
  assert.deepEqual(await second.facts(code, 2), { threads: 2, found: false });
  assert.equal(asked(), 1);
  const lines: string[] = [];
  await second.prepare(code, { progress: () => {}, log: (line) => lines.push(line) }, new AbortController().signal);
  assert.deepEqual(lines, ['building']);
  assert.deepEqual(await second.facts(code, 2), { threads: 2, found: true });
  assert.deepEqual(await second.facts(code, 3), { threads: 3, found: true });
  await second.save();
  assert.equal(asked(), 3);
  assert.equal(project.open({ FLOW_TENSORFLOW: 'wasm' }).factsKnown(code, 2), false);
  writeFileSync(library, 'other');
  assert.equal(project.open().factsKnown(code, 2), false);
  assert.deepEqual(await second.report(code), ['all is well']);
});

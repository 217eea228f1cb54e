import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { explainChange } from '../../engine/cli/render/change.ts';
import type { Change } from '../../engine/model/decision.ts';
import type { PipelineSettings } from '../../engine/model/spec.ts';
import { inProject, type TraceProject } from './project.ts';

const pipeline = `
vars:
  recipe: { lr: 2e-4, epochs: 3 }
  parts: [1, 2]
profiles:
  quick: { recipe: { epochs: 1 } }
stages:
  base: { run: 'cat \${in.text} > \${out}', in: { text: text.txt }, out: base.txt }
  small: { use: small.ts, each: { photo: photos }, with: { size: 100 }, out: "\${photo.stem}.txt" }
  part: { run: 'echo \${with.part} > \${out}', matrix: { part: $parts }, with: { part: $part }, out: part.txt }
  train:
    use: train.ts
    in: { photos: small, base: base, parts: part, extra: extra.txt? }
    with: { recipe: $recipe, note: none }
    env: [FLOW_TEST_WHY]
    out: { model: model.txt }
  tool: { run: 'sh tool.sh > \${out}', code: [tool.sh], in: { text: text.txt }, out: tool.txt }
`;

const files: Readonly<Record<string, string>> = {
  'pipeline.yaml': pipeline,
  'text.txt': 'base\n',
  'tool.sh': 'echo tool\n',
  'photos/a.jpg': 'a',
  'photos/b.jpg': 'b',
  'photos/c.jpg': 'c',
  'small.ts': `import { writeFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
import { shrink } from './lib/shrink.ts';
export default itemStage({
  params: z.object({ size: z.number() }),
  inputs: {},
  outputs: { out: file },
  run: ({ items, params }) => { for (const item of items) writeFileSync(item.outputs.out, shrink(item.id, params.size)); },
});
`,
  'lib/shrink.ts': `import { mean } from './mean.ts';
/** A word. */
export const shrink = (id: string, size: number) => id + mean([size, size]);
export function grow(id: string) { return id; }
`,
  'lib/mean.ts': `export function mean(values: number[]) {
  return sum(values) / values.length;
}
function sum(values: number[]) { let total = 0; for (const value of values) total += value; return total; }
`,
  'train.ts': `import { writeFileSync } from 'node:fs';
import { file, items, list, optional, stage } from 'flow/stage';
import { z } from 'zod';
import { score } from 'scorer';
import { mean } from './lib/mean.ts';
export default stage({
  params: z.object({ recipe: z.object({ lr: z.number(), epochs: z.number() }), note: z.string(), seed: z.number().default(1) }),
  inputs: { photos: items, base: file, parts: list, extra: optional(file) },
  outputs: { model: file },
  run: ({ outputs, params }) => { writeFileSync(outputs.model, String(score(mean([params.recipe.lr])))); },
});
`,
  'node_modules/scorer/package.json': '{ "name": "scorer", "version": "1.0.0", "type": "module", "main": "index.js" }',
  'node_modules/scorer/index.js': 'export const score = (value) => value;\n',
};

interface Edit {
  readonly title: string;
  readonly edit?: (project: TraceProject) => void;
  readonly settings?: Partial<PipelineSettings>;
  readonly reference: string;
  readonly says: readonly string[];
}

const yaml = (from: string, to: string) => (project: TraceProject) => {
  assert.ok(project.read('pipeline.yaml').includes(from), from);
  project.write('pipeline.yaml', project.read('pipeline.yaml').replace(from, to));
};
const write = (path: string, text: string) => (project: TraceProject) => project.write(path, text);
const replace = (path: string, from: string, to: string) => (project: TraceProject) => {
  assert.ok(project.read(path).includes(from), from);
  project.write(path, project.read(path).replace(from, to));
};

const edits: readonly Edit[] = [
  {
    title: 'a parameter',
    edit: yaml('note: none', 'note: some'),
    ...{ reference: 'train', says: ['with.note none → some'] },
  },
  {
    title: 'a nested parameter',
    edit: yaml('lr: 2e-4', 'lr: 1e-4'),
    ...{ reference: 'train', says: ['with.recipe.lr 0.0002 → 0.0001'] },
  },
  {
    title: 'a parameter that had its default',
    edit: yaml('note: none }', 'note: none, seed: 2 }'),
    ...{ reference: 'train', says: ['with.seed 1 → 2'] },
  },
  {
    title: 'an input file added to a folder',
    edit: write('photos/d.jpg', 'd'),
    ...{ reference: 'small', says: ['input photo: 1 added (d.jpg)'] },
  },
  {
    title: 'an input file changed in a folder',
    edit: write('photos/a.jpg', 'a2'),
    ...{ reference: 'small', says: ['input photo: 1 changed (a.jpg)'] },
  },
  {
    title: 'an input file removed from a folder',
    edit: (project) => rmSync(join(project.root, 'photos/c.jpg')),
    ...{ reference: 'small', says: ['input photo: 1 removed (c.jpg)'] },
  },
  {
    title: 'an input file renamed in a folder',
    edit: (project) => renameSync(join(project.root, 'photos/a.jpg'), join(project.root, 'photos/z.jpg')),
    ...{ reference: 'small', says: ['input photo: 1 renamed (a.jpg → z.jpg)'] },
  },
  {
    title: 'several files at once',
    edit: (project) => {
      rmSync(join(project.root, 'photos/c.jpg'));
      for (const name of ['d', 'e', 'b']) project.write(`photos/${name}.jpg`, `new ${name}`);
    },
    ...{ reference: 'small', says: ['input photo: 2 added (d.jpg, e.jpg), 1 changed (b.jpg), 1 removed (c.jpg)'] },
  },
  {
    title: 'an input file itself',
    edit: write('text.txt', 'other\n'),
    ...{ reference: 'base', says: ['input text changed'] },
  },
  {
    title: 'an input that is another file of equal contents',
    edit: (project) => {
      project.write('copy.txt', 'base\n');
      yaml('text: text.txt }, out: base', 'text: copy.txt }, out: base')(project);
    },
    ...{ reference: 'base', says: ['input text renamed text.txt → copy.txt'] },
  },
  {
    title: 'an optional input that is there now',
    edit: write('extra.txt', 'x'),
    ...{ reference: 'train', says: ['input extra is new'] },
  },
  {
    title: 'the code of the stage itself',
    edit: replace('train.ts', 'String(score', '`${1}` + String(score'),
    ...{ reference: 'train', says: ['code: train.ts (run)'] },
  },
  {
    title: 'code that is imported, among comments and formatting that say nothing',
    edit: (project) => {
      replace('lib/mean.ts', 'let total = 0;', 'let total = 1;')(project);
      replace('lib/shrink.ts', 'A word.', 'Other words.')(project);
      replace('lib/shrink.ts', 'return id;', 'return `${id}.`;')(project);
    },
    ...{ reference: 'train', says: ['code: lib/mean.ts (sum)'] },
  },
  {
    title: 'a new function in a file that gives another one its number',
    edit: (project) => {
      replace('lib/shrink.ts', 'id + mean(', 'id + sum() + mean(')(project);
      replace('lib/shrink.ts', 'export function', 'const sum = () => 2;\nexport function')(project);
    },
    ...{ reference: 'small', says: ['code: lib/shrink.ts (shrink, sum added)'] },
  },
  {
    title: 'the version of an imported package',
    edit: replace('node_modules/scorer/package.json', '1.0.0', '1.1.0'),
    ...{ reference: 'train', says: ['package scorer 1.0.0 → 1.1.0'] },
  },
  {
    title: 'a script that is declared',
    edit: write('tool.sh', 'echo other\n'),
    ...{ reference: 'tool', says: ['file tool.sh changed'] },
  },
  {
    title: 'a command',
    edit: yaml('sh tool.sh >', 'bash tool.sh >'),
    ...{ reference: 'tool', says: ['command sh tool.sh > ${out} → bash tool.sh > ${out}'] },
  },
  {
    title: 'a matrix value',
    edit: yaml('parts: [1, 2]', 'parts: [1, 3]'),
    ...{ reference: 'part@3', says: ['matrix.part is new: 3'] },
  },
  {
    title: 'a profile',
    ...{ settings: { profile: 'quick' }, reference: 'train', says: ['with.recipe.epochs 3 → 1'] },
  },
  {
    title: 'the name of an output',
    edit: yaml('model: model.txt', 'model: net.txt'),
    ...{ reference: 'train', says: ['output model model.txt → net.txt'] },
  },
  {
    title: 'a declared environment variable',
    edit: () => {
      process.env.FLOW_TEST_WHY = 'set';
    },
    ...{ reference: 'train', says: ['$FLOW_TEST_WHY null → set'] },
  },
];

test('why names each of these edits, and nothing else', (context) =>
  inProject(files, async (project) => {
    await project.run();
    for (const { title, edit, settings = {}, reference, says } of edits) {
      await context.test(title, async () => {
        edit?.(project);
        assert.deepEqual(await why(project, reference, settings), says);
      });
      delete process.env.FLOW_TEST_WHY;
      for (const name of ['photos', 'extra.txt', 'copy.txt'])
        rmSync(join(project.root, name), { recursive: true, force: true });
      for (const [path, text] of Object.entries(files)) project.write(path, text);
    }
    assert.deepEqual(await why(project, 'train'), []);
  }));

async function why(project: TraceProject, reference: string, settings: Partial<PipelineSettings> = {}, since?: string) {
  const opened = await project.open(settings);
  try {
    const answers = await opened.why({ reference, ...(since ? { since } : {}) });
    return answers.flatMap(({ changes }) => changes.flatMap(textsOf));
  } finally {
    await opened.close();
  }
}

function textsOf(change: Change): string[] {
  const upstream = change.kind === 'changed' ? change.detail?.upstream : undefined;
  return [
    explainChange(change),
    ...(upstream?.changes ?? []).map((above) => `${upstream?.task}: ${explainChange(above)}`),
  ];
}

test('why follows a changed input to the task that made it, and what changed there', () =>
  inProject(files, async (project) => {
    await project.run();
    project.write('photos/d.jpg', 'd');
    assert.deepEqual(await why(project, 'train'), ['input photo: 1 added (d.jpg)']);
    await project.run('small');
    assert.deepEqual(await why(project, 'train'), [
      'input photos: 1 added (d.jpg)',
      'small: input photo: 1 added (d.jpg)',
    ]);
    assert.deepEqual(await why(project, 'small'), []);
  }));

test('why compares with what a run left, however much ran since', () =>
  inProject(files, async (project) => {
    await project.run('train');
    const first = project.events().find((event) => event.kind === 'run-started');
    assert.ok(first?.kind === 'run-started');
    yaml('lr: 2e-4', 'lr: 1e-4')(project);
    await project.run('train');
    yaml('note: none', 'note: some')(project);
    assert.deepEqual(await why(project, 'train'), ['with.note none → some']);
    assert.deepEqual(await why(project, 'train', {}, first.run), [
      'with.note none → some',
      'with.recipe.lr 0.0002 → 0.0001',
    ]);
    await assert.rejects(why(project, 'train', {}, 'x'), /there is no run 'x'/);
  }));

test('a part of a list that is new is named alone', () =>
  inProject(files, async (project) => {
    await project.run();
    yaml('parts: [1, 2]', 'parts: [1, 2, 3]')(project);
    await project.run('part');
    assert.deepEqual(await why(project, 'train'), ['input parts: part@3 is new']);
  }));

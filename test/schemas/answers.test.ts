import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { commands } from '../../engine/cli/commands.ts';
import { createCliProject } from '../cli/cli-project.ts';
import { describeAnswers } from './describe-answers.ts';

// What every command writes with --json, on a project that has something of everything, is what docs/schemas/ says.

const folder = new URL('../../docs/schemas/', import.meta.url);
const kept = readdirSync(folder).map(
  (name) => [name.replace('.json', ''), readFileSync(new URL(name, folder), 'utf8')] as const,
);

test('docs/schemas/ is what the types say now, a file a command: npm run schemas writes it', () => {
  const described = describeAnswers();
  assert.deepEqual(
    Object.fromEntries(kept.map(([name, text]) => [name, JSON.parse(text)])),
    Object.fromEntries(described),
  );
  const names = commands.map(({ name }) => name);
  assert.deepEqual([...described.keys()].sort(), [...names, 'diagnostics'].sort());
});

const schemas = new Map(kept.map(([name, text]) => [name, z.fromJSONSchema(JSON.parse(text))]));

const pipeline = `
vars: { lr: 1e-3, folds: [0, 1], export: { model: train@0.model, to: plain } }
profiles: { quick: { lr: 1 } }
default: [last]
stages:
  shrink: { run: 'cp \${photo.path} \${out}', each: { photo: photos }, out: "\${photo.id}" }
  texts: { use: texts.ts, each: { photo: photos }, out: { text: "\${photo.stem}.txt" } }
  train:
    matrix: { fold: $folds }
    run: 'mkdir -p \${out.folder}; echo "photo,score" > \${out.table}; echo "a.jpg,\${with.lr}" >> \${out.table}; cp \${out.table} \${out.folder}/x; cp \${out.table} \${out.model}; echo said; echo "{ \\"mAP\\": \${with.lr} }" > \${out.score}'
    in: { photos: shrink }
    with: { lr: $lr }
    env: [FLOW_TEST_LANGUAGE]
    out: { table: table.csv, model: model.bin, folder: folder/, score: score.json, maybe: maybe.txt? }
    rows: { table: photo }
    metrics: { score: [mAP] }
  choice: { run: 'echo "[{ \\"fold\\": 1 }]" > \${out}', in: { scores: train.score }, out: choice.json }
  last: { run: 'cat \${in.models} \${in.texts}/* > \${out}', in: { models: { from: train.table, only: choice }, texts: texts }, out: last.txt }
  export: { run: 'cp \${in.model} \${out}', in: { model: $export.model }, with: { to: $export.to }, out: exported.bin }
  broken: { run: 'echo no; exit 3', out: never.txt }
`;
/** `skip` is the stage's own word for an item without a result: its list is a part of the answers that are checked. */
const texts = `import { writeFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
export default itemStage({
  params: z.object({ word: z.string().default('x') }),
  inputs: {},
  outputs: { text: file },
  run: async ({ items, params }) => {
    for (const item of items) {
      // The stage's own word for an item without a result, so that answers hold one; no test is skipped.
      if (item.id === 'b.jpg') item.skip('no text');
      else writeFileSync(item.outputs.text, params.word + item.id);
    }
  },
});
`;

test('every command answers in the form of its schema, with nothing beside it', async () => {
  const photos = { 'photos/a.jpg': 'A', 'photos/b.jpg': 'B', 'photos/c.jpg': 'C' };
  const project = createCliProject({ 'pipeline.yaml': pipeline, 'texts.ts': texts, ...photos });
  const told = new Set<string>();

  function check(name: string, value: unknown, what: string): void {
    const schema = schemas.get(name);
    assert.ok(schema, `${name} has no schema`);
    const { error } = schema.safeParse(value);
    assert.equal(error && `${what}: ${z.prettifyError(error)}\n${JSON.stringify(value)}`, undefined);
    told.add(name);
    // A schema that lets anything through would show nothing.
    const first = Array.isArray(value) ? value[0] : value;
    if (first === undefined) return;
    const spoiled = { ...first, surprise: 1 };
    assert.equal(
      schema.safeParse(Array.isArray(value) ? [spoiled] : spoiled).success,
      false,
      `${what}: one more field`,
    );
    const [field = ''] = Object.keys(first);
    const { [field]: _, ...lacking } = first;
    assert.equal(
      schema.safeParse(Array.isArray(value) ? [lacking] : lacking).success,
      false,
      `${what}: without ${field}`,
    );
  }

  function flow(status: number, ...words: string[]): unknown[] {
    const [name = ''] = words;
    const answer = project.flow(...words, '--json');
    assert.equal(answer.status, status, `flow ${words.join(' ')}: ${answer.stdout}${answer.stderr}`);
    assert.equal(answer.stderr, '', words.join(' '));
    const lines = ['run', 'export'].includes(name) && status !== 2 ? answer.stdout.trim().split('\n') : [answer.stdout];
    const values = lines.map((line) => JSON.parse(line));
    for (const value of values) check(status === 2 ? 'diagnostics' : name, value, `flow ${words.join(' ')}`);
    return values;
  }

  flow(0, 'plan');
  flow(0, 'run');
  flow(0, 'run');
  flow(1, 'run', 'broken', 'last', '--set', 'lr=2');
  project.write('photos/d.jpg', 'D');
  project.write('artifacts/choice/choice.json', 'edited by hand');
  flow(0, 'plan', '--set', 'folds=[0, 1, 2]', '--force', 'choice');
  flow(0, 'why', 'last');
  flow(0, 'why', 'train', '--set', 'lr=3');
  flow(0, 'run', '--jobs', '1');
  flow(0, 'export', 'train@1.model', '--to', 'plain');
  const runs = (flow(0, 'runs') as { run: string }[][])[0]?.map(({ run }) => run) ?? [];
  flow(0, 'diff', runs.at(-1) ?? '', runs[0] ?? '');
  flow(0, 'diff', 'train@0.table', 'train@1.table');
  flow(0, 'log');
  flow(0, 'log', 'train@0');
  flow(0, 'lineage', 'last');
  flow(0, 'lineage', 'train@0.table', '--down');
  flow(0, 'lineage', 'train@0.table#a.jpg');
  flow(0, 'lineage', 'texts#a.jpg');
  flow(0, 'get', 'last', '-o', 'got.txt');
  flow(0, 'cat', 'last');
  const [{ tries }] = flow(0, 'tries', 'train@0') as [{ tries: { name: string; metrics: { 'score.mAP'?: number } }[] }];
  const other = tries.find(({ metrics }) => metrics['score.mAP'] === 2)?.name ?? '';
  flow(2, 'restore', other);
  flow(0, 'restore', other, '--dry-run');
  flow(0, 'restore', other, '--yes');
  project.write('pipeline.yaml', pipeline.replace('echo said', 'echo  said'));
  flow(0, 'accept', 'train', '--because', 'one space more');
  const [receipt] = flow(0, 'receipt', 'last');
  project.write('receipt.json', JSON.stringify(receipt));
  flow(0, 'receipt', '--check', 'receipt.json');
  flow(0, 'status');
  flow(0, 'audit', 'last');
  project.write('artifacts/last/last.txt', 'edited');
  flow(0, 'verify');
  flow(0, 'gc', '--dry-run');
  flow(0, 'gc', '--max-size', '1GB');
  flow(0, 'doctor');
  flow(0, 'completion', 'bash');
  flow(0, 'clean');
  flow(2, 'run', 'nothing');
  flow(2, 'plan', '--sett', 'x');
  project.write('pipeline.yaml', 'stages: { a: { rum: "true" } }');
  flow(2, 'status');
  project.write('pipeline.yaml', pipeline);
  check('ui', await addressOf(project), 'flow ui');
  assert.deepEqual([...told].sort(), [...schemas.keys()].sort());
});

function addressOf({ root, bin }: { root: string; bin: string }): Promise<unknown> {
  const child = spawn(process.execPath, [bin, 'ui', '--json'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.stdout.on('data', (chunk) => {
      child.kill('SIGINT');
      resolve(JSON.parse(String(chunk)));
    });
  });
}

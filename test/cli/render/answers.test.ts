import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderDoctor } from '../../../engine/cli/render/doctor.ts';
import { renderLineage } from '../../../engine/cli/render/lineage.ts';
import { renderLog } from '../../../engine/cli/render/log.ts';
import { describeMaking } from '../../../engine/cli/render/making.ts';
import { colourless } from '../../../engine/cli/render/paint.ts';
import { renderPlan } from '../../../engine/cli/render/plan.ts';
import { renderStatus } from '../../../engine/cli/render/status.ts';
import { renderWhy } from '../../../engine/cli/render/why.ts';
import type { Decision } from '../../../engine/model/decision.ts';
import type { LineageNode } from '../../../engine/model/inspection.ts';
import type { ActionKey, Digest, RunId, StageName, TaskName } from '../../../engine/model/names.ts';
import type { PlanAnswer, PlannedTask, WhyAnswer } from '../../../engine/model/planning.ts';
import type { ActionRecord } from '../../../engine/model/record.ts';

const now = Date.UTC(2026, 0, 2);
const output = { paint: colourless, size: () => ({ columns: 100, rows: 24 }) };
const key = 'k' as ActionKey;
const record: ActionRecord = {
  ...{ key, stage: 'folds' as StageName, task: 'folds@0' as TaskName, matrix: { fold: 0 }, outputs: {} },
  ...{ run: '20260101-000000-5f3a' as RunId, startedAt: now - 7_200_000, seconds: 48, host: 'box' },
  ...{ attempts: 1, deterministic: true, inputs: [] },
};
const lr = { kind: 'changed', path: 'with.recipe.lr', before: 2e-4, after: 1e-4 } as const;

function planned(
  task: string,
  decision: Decision,
  expectedSeconds?: number,
  expectedRange?: readonly [number, number],
): PlannedTask {
  const stage = (task.split('@')[0] ?? task) as StageName;
  return {
    task: task as TaskName,
    stage,
    decision,
    ...(expectedSeconds === undefined ? {} : { expectedSeconds }),
    ...(expectedRange ? { expectedRange } : {}),
  };
}

test('a plan shows what a run would touch, why, and for how long', () => {
  const folds = ['folds@0', 'folds@1'] as TaskName[];
  const tasks = [
    planned('sample', { kind: 'reuse', key, record }, 12),
    planned('resize', { kind: 'run', key, because: [lr], items: { total: 240, toMake: 3 } }, 1),
    planned('folds@0', { kind: 'run', key, because: [lr] }, 48, [41, 52]),
    planned('folds@1', { kind: 'run', key, because: [{ kind: 'first-run' }] }),
    planned('clean', { kind: 'restore', key, record }, 3),
    planned('distill', { kind: 'wait', on: folds }, 60),
  ];
  const total: PlanAnswer['total'] = {
    seconds: [40, 109, 130],
    criticalPath: ['folds@0', 'distill'] as TaskName[],
    ...{ criticalSeconds: 108, bytes: 2_000_000, unknown: 1, jobs: 2 },
  };
  assert.equal(
    renderPlan({ tasks, maybe: ['testLogits@0', 'testLogits@1'] as TaskName[], total }, output, 0),
    [
      'run      resize                    ~1.0 s  3 of 240 items, lr 0.0002 → 0.0001',
      'run      folds@0               41 to 52 s  lr 0.0002 → 0.0001',
      'run      folds@1                           first run',
      'bring    clean                             from an earlier run',
      'wait     distill                   ~1 min  for folds (2 tasks)',
      'perhaps  testLogits (2 tasks), as the choice says',
      '3 tasks to run, 1 waiting for what these give, 1 to bring back, 1 up to date',
      'expected: 1 min 49 s (40 s to 2 min 10 s) with 2 jobs, if all that waits has to run, and 1 task that\nnever ran before',
      'longest chain: 1 min 48 s, folds@0 → distill',
      'to be written: 2.0 MB',
      '',
    ].join('\n'),
  );
  const quiet = {
    tasks: [planned('a', { kind: 'reuse', key, record })],
    maybe: [],
    total: { seconds: [0, 0, 0] as const, criticalPath: [], criticalSeconds: 0, bytes: 0, unknown: 0, jobs: 2 },
  };
  assert.equal(renderPlan(quiet, output, 0), 'up to date: 1 task, nothing to do\n');
});

test('why names every change once for all tasks that have it', () => {
  const answer = (task: string): WhyAnswer => ({
    ...{ task: task as TaskName, decision: { kind: 'run', key, because: [lr] }, changes: [lr], against: record },
  });
  const reused: WhyAnswer = { task: 'folds@2' as TaskName, decision: { kind: 'reuse', key, record }, changes: [] };
  const forced: WhyAnswer = {
    ...{ task: 'folds@3' as TaskName, decision: { kind: 'run', key, because: [{ kind: 'first-run' }] }, changes: [] },
  };
  assert.equal(
    renderWhy([answer('folds@0'), answer('folds@1'), reused, forced], output, now),
    [
      'folds@0, folds@1 would run',
      '  ~ with.recipe.lr 0.0002 → 0.0001',
      '  last run 2 h ago in 48 s (20260101-000000-5f3a)',
      'folds@2 is up to date',
      'folds@3 would run',
      '  ! first run',
      '',
    ].join('\n'),
  );
});

test('what went wrong while a result was made, and what it read beside its declarations, is told with it', () => {
  const paths = ['a.csv', 'b/', 'c.csv', 'd.csv'];
  const made = {
    earlier: [{ kind: 'timeout', seconds: 60 } as const, { kind: 'threw', message: 'no\nmore' } as const],
    undeclared: { paths, count: 9 },
  };
  const lines = [
    'attempt 1 failed: stopped, since it took longer than its timeout of 1 min',
    'attempt 2 failed: no',
    'read 9 undeclared files: a.csv, b/, c.csv and 6 more',
  ];
  assert.deepEqual(describeMaking(made), lines);
  assert.deepEqual(describeMaking({ undeclared: { paths: [], count: 0 } }), []);
  const entry = { task: 'a' as TaskName, run: record.run, startedAt: record.startedAt, seconds: 2, key, ...made };
  const [, ...told] = renderLog([entry], output, now).trimEnd().split('\n');
  assert.deepEqual(
    told,
    lines.map((line) => `  ${line}`),
  );
});

test('lineage is a tree in which each artifact is told once', () => {
  const photos: LineageNode = { artifact: 'photos/', digest: 'a'.repeat(64) as Digest, kind: 'source', inputs: [] };
  const made = {
    ...{ task: 'clean' as TaskName, key, run: record.run, startedAt: record.startedAt, seconds: 2, host: 'box' },
    ...{ with: { classes: ['a', 'b'], net: { size: 96 } }, matrix: {}, code: {}, platform: {} },
  };
  const labels: LineageNode = {
    ...{ artifact: 'clean/labels.csv', digest: 'b'.repeat(64) as Digest, kind: 'artifact', made },
    inputs: [{ name: 'photos', node: photos }],
  };
  const root: LineageNode = {
    ...{ artifact: 'split/split.csv', kind: 'artifact' },
    inputs: [
      { name: 'labels', node: labels },
      { name: 'again', node: labels },
    ],
  };
  assert.equal(
    renderLineage(root, output, now),
    [
      'split/split.csv',
      '├─ labels: clean/labels.csv  bbbbbbbbbbbb',
      '│  │   made by clean 2 h ago in 2.0 s on box (run 20260101-000000-5f3a)',
      '│  │   with classes: [a, b], net: { size: 96 }',
      '│  └─ photos: photos/  aaaaaaaaaaaa  source',
      '└─ again: clean/labels.csv  bbbbbbbbbbbb  (above)',
      '',
    ].join('\n'),
  );
});

test('what was told already stands together, and run, parameters and code are told where they are news', () => {
  const made = (task: string, code: string, run = record.run) => ({
    ...{ task: task as TaskName, key: task as ActionKey, run, startedAt: record.startedAt, seconds: 2, host: 'box' },
    ...{ with: { lr: 0.1 }, matrix: {}, code: { module: code.repeat(64) }, platform: {} },
  });
  const source = (artifact: string): LineageNode => ({
    artifact,
    kind: 'source',
    digest: artifact as Digest,
    inputs: [],
  });
  const given = ['a', 'b'].map((name) => ({ name, node: source(name) }));
  const fold = (name: string): LineageNode => {
    return { artifact: name, kind: 'artifact', made: made(name, 'f'), inputs: given };
  };
  const twin: LineageNode = { ...fold('folds@0'), artifact: 'twin' };
  const root: LineageNode = {
    ...{ artifact: 'best', kind: 'artifact', made: made('best', 'c', 'other' as RunId) },
    inputs: [fold('folds@0'), fold('folds@1'), fold('folds@2'), twin].map((node) => ({ name: 'of', node })),
  };
  assert.equal(
    renderLineage(root, output, now),
    [
      'best',
      '│   made by best 2 h ago in 2.0 s on box (run other), code cccccccccccc',
      '│   with lr: 0.1',
      '├─ of: folds@0',
      '│  │   made by folds@0 2 h ago in 2.0 s (run 20260101-000000-5f3a), code ffffffffffff',
      '│  │   with the parameters of best',
      '│  ├─ a: a  a  source',
      '│  └─ b: b  b  source',
      '├─ of: folds@1',
      '│  │   made by folds@1 2 h ago in 2.0 s (run 20260101-000000-5f3a), code ffffffffffff',
      '│  │   with the parameters of best',
      '│  └─ (above) a: a, b: b',
      '├─ of: folds@2',
      '│  │   made by folds@2 2 h ago in 2.0 s (run 20260101-000000-5f3a), code ffffffffffff',
      '│  │   with the parameters of best',
      '│  └─ (above) what folds@1 read, too',
      '└─ of: twin  by folds@0  (above)',
      '',
    ].join('\n'),
  );
});

test('status shows what is in place, with the settings that made it', () => {
  const task = (name: string, inPlace: boolean) => ({
    ...{ task: name as TaskName, run: record.run, startedAt: record.startedAt, seconds: 48, inPlace },
    outputs: { out: { kind: 'file' as const, digest: 'd' as Digest, bytes: 1_500_000 }, extra: null },
  });
  const settings = {
    profile: 'quality',
    set: [
      { path: 'recipe.lr', value: 1e-4 },
      { path: 'train', value: '/p' },
    ],
  };
  const answer = {
    ...{ pipeline: 'pipeline.yaml', tasks: [task('folds@0', true), task('folds@1', false)] },
    ...{ never: ['archive'] as TaskName[], settings, storeBytes: 3e9 },
  };
  assert.equal(
    renderStatus(answer, output, now),
    [
      '✓ folds@0                48 s   1.5 MB      2 h ago',
      '! folds@1                48 s   1.5 MB      2 h ago  its files are missing or changed',
      'made with --profile quality --set recipe.lr=0.0001 --set train=/p',
      'not there: archive (1 task)',
      '.flow/ holds 3.0 GB',
      '',
    ].join('\n'),
  );
  const empty = { pipeline: 'pipeline.yaml', tasks: [], never: [], storeBytes: 0 };
  assert.match(
    renderStatus(empty, output, now),
    /^artifacts\/ shows nothing of pipeline\.yaml yet; flow run makes it\n/,
  );
});

test('the doctor marks what is well, what could be better and what is wrong', () => {
  const lines = [
    { level: 'ok', text: 'Node 20' },
    { level: 'note', text: 'no GPU' },
    { level: 'problem', text: 'no compiler\ninstall g++' },
  ] as const;
  const text = 'machine\n  ✓ Node 20\n  • no GPU\n  ✗ no compiler\n    install g++\n';
  assert.equal(renderDoctor([{ title: 'machine', lines }], colourless), text);
});

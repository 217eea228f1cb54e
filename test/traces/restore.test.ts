import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DiagnosticError } from '../../engine/model/diagnostic.ts';
import type { RestoreAnswer } from '../../engine/model/restore.ts';
import type { PipelineSettings } from '../../engine/model/spec.ts';
import { ask, inProject, type TraceProject } from './project.ts';

// A variant that was tried by editing or by --set comes back into pipeline.yaml, and its artifacts from the store: no
// stage runs once there is a file no-more.

const once = 'test ! -e no-more;';
const pipeline = `# The pipeline of the tests.
default: score
vars:
  recipe: { lr: 1e-3, epochs: 5 }   # by hand
  folds: [0, 1]                     # of five
  photos: one/
profiles:
  quick:
    recipe: { epochs: 1 }
stages:
  train:
    matrix: { fold: $folds }
    run: '${once} echo \${with.recipe.lr} \${with.recipe.epochs} \${with.seed} \${fold} | cat - \${in.photos}/* > \${out}'
    in: { photos: $photos }
    with:
      recipe: $recipe
      # the seed of all
      seed: 42
      note: x   # of no use
    out: model.txt
  second: { matrix: { fold: $folds }, run: '${once} echo \${fold} > \${out}', out: second.txt }
  score:
    run: '${once} cat \${in.models} | sha256sum | sed "s/.*/{ \\"mAP\\": \\"&\\" }/" > \${out}'
    in: { models: train, seconds: second }
    out: score.json
    metrics: { out: [mAP] }
  other: { run: 'echo \${with.lr} > \${out}', with: { lr: $recipe.lr }, out: other.txt }
`;
const files = { 'pipeline.yaml': pipeline, 'one/a': 'A', 'two/b': 'B' };

const restore = (
  project: TraceProject,
  name: string,
  request: { dryRun?: boolean; profile?: string; yes?: true } = {},
) =>
  answerOf(project, request.profile === undefined ? {} : { profile: request.profile }, {
    name,
    dryRun: request.dryRun === true,
    ...(request.yes ? { confirm: async () => true } : {}),
  });

async function answerOf(
  project: TraceProject,
  settings: Partial<PipelineSettings>,
  request: Parameters<Awaited<ReturnType<TraceProject['open']>>['restore']>[0],
): Promise<RestoreAnswer | string[]> {
  const opened = await project.open(settings);
  try {
    return await opened.restore(request);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, message }) => `${code}: ${message}`);
  } finally {
    await opened.close();
  }
}

const edits = (answer: RestoreAnswer | string[]) =>
  Array.isArray(answer)
    ? answer
    : answer.edits.map(({ path, before, after }) => `${path} ${JSON.stringify(before)} → ${JSON.stringify(after)}`);

const nameOfNewest = async (project: TraceProject) =>
  (await ask(project, (opened) => opened.tries([]))).tries[0]?.name ?? 'none';

/** Runs a variant and then the pipeline as it was, gives the variant's name, and lets nothing run any more. */
async function tryOut(project: TraceProject, settings: Partial<PipelineSettings>, edited?: string): Promise<string> {
  project.write('pipeline.yaml', edited ?? pipeline);
  await project.run('', { settings });
  const name = await nameOfNewest(project);
  project.write('pipeline.yaml', pipeline);
  await project.run();
  project.write('no-more', '');
  return name;
}

const bringsBack = async (project: TraceProject, task: string) => {
  const lines = await project.run();
  assert.deepEqual(
    lines.filter((line) => !/^(restored|reused) /.test(line)),
    [],
  );
  assert.ok(lines.includes(`restored ${task}`), lines.join('\n'));
};

const set = (path: string, value: never) => ({ set: [{ path, value }] });

const cases: readonly {
  readonly what: string;
  readonly settings?: Partial<PipelineSettings>;
  readonly edited?: string;
  readonly edits: readonly string[];
  readonly text: string;
  /** Its score has equal inputs, and lies in artifacts/ already. */
  readonly isSame?: true;
}[] = [
  {
    what: 'a variable by --set',
    settings: set('recipe.lr', 3e-4 as never),
    edits: ['vars.recipe.lr 0.001 → 0.0003'],
    text: pipeline.replace('lr: 1e-3', 'lr: 3e-4'),
  },
  {
    what: 'a literal by an edit',
    edited: pipeline.replace('seed: 42', 'seed: 7'),
    edits: ['stages.train.with.seed 42 → 7'],
    text: pipeline.replace('seed: 42', 'seed: 7'),
  },
  {
    what: 'a longer matrix',
    settings: set('folds', [0, 1, 4] as never),
    edits: ['vars.folds [0,1] → [0,1,4]'],
    text: pipeline.replace('[0, 1] ', '[0, 1, 4] '),
  },
  {
    what: 'a shorter matrix',
    settings: set('folds', [1] as never),
    edits: ['vars.folds [0,1] → [1]'],
    text: pipeline.replace('[0, 1] ', '[1] '),
  },
  {
    what: 'two at once',
    settings: { set: [{ path: 'recipe', value: { lr: 0.5, epochs: 9 } }] },
    edits: ['vars.recipe.lr 0.001 → 0.5', 'vars.recipe.epochs 5 → 9'],
    text: pipeline.replace('lr: 1e-3, epochs: 5', 'lr: 5e-1, epochs: 9'),
  },
  {
    what: 'what a profile says, into vars, since no profile is named',
    settings: { profile: 'quick' },
    edits: ['vars.recipe.epochs 5 → 1'],
    text: pipeline.replace('epochs: 5', 'epochs: 1'),
  },
  {
    what: 'another folder',
    settings: set('photos', 'two/' as never),
    edits: ['vars.photos "one/" → "two/"'],
    text: pipeline.replace('photos: one/', 'photos: two/'),
  },
  {
    what: 'other models by hand',
    edited: pipeline.replace('models: train,', 'models: [train@1],'),
    edits: ['stages.score.in.models "train" → ["train@1"]'],
    text: pipeline.replace('models: train,', 'models: [train@1],'),
  },
  {
    what: 'a parameter of one stage that was a variable of all',
    edited: pipeline.replace('recipe: $recipe', 'recipe: { lr: 8, epochs: 5 }'),
    edits: ['vars.recipe.lr 0.001 → 8'],
    text: pipeline.replace('lr: 1e-3', 'lr: 8e+0'),
  },
  {
    what: 'a parameter that is not there any more',
    edited: pipeline.replace('seed: 42', 'extra: { a: "x, y" }\n      seed: 42'),
    edits: ['stages.train.with.extra undefined → {"a":"x, y"}'],
    text: pipeline.replace('# of no use', '# of no use\n      extra: { a: "x, y" }'),
    isSame: true,
  },
  {
    what: 'a parameter that came later',
    edited: pipeline.replace('      note: x   # of no use\n', ''),
    edits: ['stages.train.with.note "x" → undefined'],
    text: pipeline.replace('      note: x   # of no use\n', ''),
    isSame: true,
  },
];

for (const { what, settings = {}, edited, ...expected } of cases) {
  test(`restored: ${what}`, () =>
    inProject(files, async (project) => {
      const name = await tryOut(project, settings, edited);
      const before = statSync(join(project.root, 'pipeline.yaml'), { bigint: true });
      const planned = await restore(project, name, { dryRun: true });
      assert.deepEqual(edits(planned), expected.edits);
      assert.equal(statSync(join(project.root, 'pipeline.yaml'), { bigint: true }).mtimeNs, before.mtimeNs);
      const answer = await restore(project, name);
      assert.deepEqual(edits(answer), expected.edits);
      assert.ok(
        !Array.isArray(answer) && answer.isWritten && answer.decision === (expected.isSame ? 'reuse' : 'restore'),
      );
      assert.equal(project.read('pipeline.yaml'), expected.text);
      await bringsBack(project, expected.isSame ? 'train@0' : 'score');
      const again = await restore(project, name);
      assert.ok(!Array.isArray(again) && !again.isWritten && again.edits.length === 0 && again.decision === 'reuse');
    }));
}

test('where a profile sets it and is named, the profile gets the value', () =>
  inProject(files, async (project) => {
    const name = await tryOut(project, {});
    const answer = await restore(project, name, { profile: 'quick' });
    assert.deepEqual(edits(answer), ['profiles.quick.recipe.epochs 1 → 5']);
    assert.equal(project.read('pipeline.yaml'), pipeline.replace('epochs: 1', 'epochs: 5'));
    assert.ok(!Array.isArray(answer));
    assert.equal(answer.decision, 'reuse');
  }));

test('what else comes from the same variable is named', () =>
  inProject(files, async (project) => {
    const name = await tryOut(project, set('recipe.lr', 3e-4 as never));
    const answer = await restore(project, name, { dryRun: true });
    assert.ok(!Array.isArray(answer));
    assert.deepEqual(answer.besides, [
      { stage: 'other', changes: [{ kind: 'changed', path: 'with.lr', before: 0.001, after: 3e-4 }] },
    ]);
  }));

test('where more than parameters differs it is named before anything is written, and written only if that is wanted', () =>
  inProject(files, async (project) => {
    const name = await tryOut(project, set('recipe.lr', 3e-4 as never));
    project.write('one/a', 'another');
    assert.deepEqual(await restore(project, name), ['not-confirmed: nothing was written']);
    assert.equal(project.read('pipeline.yaml'), pipeline);
    const answer = await restore(project, name, { yes: true });
    assert.ok(!Array.isArray(answer) && answer.isWritten && answer.decision === 'wait');
    assert.deepEqual(
      answer.differences.map(({ task, changes }) => [
        task,
        changes.map((one) => (one.kind === 'changed' ? one.path : '')),
      ]),
      [
        ['train@0', ['in.photos.digest']],
        ['train@1', ['in.photos.digest']],
      ],
    );
    assert.equal(project.read('pipeline.yaml'), pipeline.replace('lr: 1e-3', 'lr: 3e-4'));
  }));

test('what no one value of the pipeline gives is refused by name, and nothing is written', () =>
  inProject(files, async (project) => {
    const both = pipeline.replace('seed: 42\n', 'seed: 42\n      rate: $recipe.lr\n');
    // Then two values stood where one variable stands now.
    const name = await tryOut(project, {}, both.replace('rate: $recipe.lr', 'rate: 7'));
    project.write('pipeline.yaml', both);
    const refused = await restore(project, name);
    assert.match(String(refused), /^cannot-restore: train\.with\.rate would be 7|cannot-restore: .*vars\.recipe\.lr/);
    assert.equal(project.read('pipeline.yaml'), both);

    const composed = pipeline.replace('seed: 42', 'seed: "seed-${recipe.epochs}"');
    project.write('pipeline.yaml', composed);
    assert.match(
      String(await restore(project, name)),
      /train\.with\.seed "seed-5" → 42: stages\.train\.with\.seed puts it together/,
    );
    assert.equal(project.read('pipeline.yaml'), composed);

    project.write('pipeline.yaml', pipeline.replaceAll('train', 'learn'));
    assert.match(String(await restore(project, name)), /the pipeline has no such task/);
  }));

test('a try is named by the beginning of its key, and by nothing else', () =>
  inProject(files, async (project) => {
    await project.run();
    assert.deepEqual(await restore(project, 'ffffff'), ["unknown-try: there is no try 'ffffff'"]);
    assert.deepEqual(await restore(project, '../..'), ["unknown-try: '../..' names no try"]);
  }));

test('a pipeline that was saved meanwhile is not overwritten', () =>
  inProject(files, async (project) => {
    const name = await tryOut(project, set('recipe.lr', 3e-4 as never));
    project.write('one/a', 'another');
    const edited = `${pipeline}# one more line\n`;
    const confirm = async () => {
      project.write('pipeline.yaml', edited);
      return true;
    };
    const answer = await answerOf(project, {}, { name, dryRun: false, confirm });
    assert.deepEqual(answer, ['changed-meanwhile: pipeline.yaml was changed meanwhile']);
    assert.equal(project.read('pipeline.yaml'), edited);
    assert.deepEqual(
      project.files('.').filter((path) => path.endsWith('.new')),
      [],
    );
  }));

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCliProject } from './cli-project.ts';

const pipeline = `
vars: { recipe: { lr: 1, epochs: 2 }, classes: [a] }
profiles: { quick: {}, quality: {} }
stages:
  shrink: { run: 'cp \${in.text} \${out}', in: { text: text.txt }, out: small.txt }
  folds:
    matrix: { fold: [0, 1] }
    run: 'cp \${in.text} \${out.model}; echo "{ \\"mAP\\": \${with.lr} }" > \${out.score}'
    in: { text: shrink }
    with: { lr: $recipe.lr }
    out: { model: model.txt, score: score.json }
    metrics: { score: [mAP] }
`;

function createProject() {
  const project = createCliProject({ 'pipeline.yaml': pipeline, 'text.txt': 'x', 'other/file.yaml': '' });
  const complete = (...words: string[]) => {
    const { stdout } = project.flow('complete', ...words);
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
  };
  return { ...project, complete };
}

test('what a word may become is told from the commands and from the project at hand', () => {
  const { flow, complete, root } = createProject();
  assert.equal(flow('run').status, 0);
  assert.equal(flow('run', '--set', 'recipe.lr=3').status, 0);
  const cases: readonly (readonly [words: readonly string[], candidates: readonly string[]])[] = [
    [['pl'], ['plan']],
    [['r'], ['run', 'runs', 'restore', 'receipt']],
    [['help', 'cl'], ['clean']],
    [['--fi'], ['--file']],
    [
      ['run', ''],
      ['shrink', 'folds', 'folds@0', 'folds@1'],
    ],
    [
      ['run', 'folds@'],
      ['folds@0', 'folds@1'],
    ],
    [['run', '--prof'], ['--profile']],
    [
      ['run', '--profile', 'q'],
      ['quick', 'quality'],
    ],
    [['run', '--profile=qui'], ['--profile=quick']],
    [
      ['run', '--set', 'rec'],
      ['recipe=', 'recipe.lr=', 'recipe.epochs='],
    ],
    [
      ['run', '--keep', 'shrink,fol'],
      ['shrink,folds', 'shrink,folds@0', 'shrink,folds@1'],
    ],
    [
      ['lineage', 'folds@1'],
      ['folds@1.model', 'folds@1.score'],
    ],
    [['lineage', '--format', 'd'], ['dot']],
    [['tries', '--sort', 'm'], ['mAP']],
    [['get', 'shrink', '-o', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['-C', root, 'plan', 'sh'], ['shrink']],
    [['-C', '/nowhere', 'plan', 'sh'], []],
    [['nonsense', ''], ['run']],
  ];
  for (const [words, candidates] of cases) {
    const found = complete(...words);
    assert.deepEqual(words[0] === 'nonsense' ? found.slice(0, 1) : found, candidates, words.join(' '));
  }
  assert.deepEqual(complete('why', '--since', '').length, 2);
  assert.deepEqual(complete('restore', '').length, 4);
});

test('a pipeline with faults has no names, and says nothing', () => {
  const { complete, flow, write } = createProject();
  write('pipeline.yaml', 'stages: { a: { rum: "true" } }');
  assert.deepEqual(complete('run', ''), []);
  assert.equal(flow('complete', 'run', '').stderr, '');
  assert.deepEqual(complete('ru'), ['run', 'runs']);
});

test('there is a script for each shell that is offered, and no other', () => {
  const { flow } = createProject();
  for (const shell of ['bash', 'zsh', 'fish']) assert.match(flow('completion', shell).stdout, /flow/);
  assert.equal(flow('completion', 'tcsh').status, 2);
});

/** What a person has on the line after a Tab: bash itself, at a terminal. */
const isThere = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const skip = isThere('bash') && isThere('script') ? false : 'there is no bash, or no script to give it a terminal';

test('bash completes a word that it takes apart at its word breaks', { skip }, () => {
  const { root, bin, write } = createProject();
  chmodSync(bin, 0o755);
  symlinkSync(bin, join(root, 'flow'));
  write('rc', `PS1=; PATH="$PWD:$PATH"; bind 'set enable-bracketed-paste off'; eval "$(flow completion bash)"\n`);
  const lines = [
    'pla\t',
    'run fol\t',
    'run folds@\t1',
    'cat folds@1.m\t',
    'run --profile=qui\t',
    'run --set rec\t.l\t7',
    'plan --file oth\t',
  ];
  // Each line becomes the argument of an echo, so that what stands on it after the completion is seen.
  const typed = lines.map((line) => `flow ${line}\x01echo "<\x05>"\n`).join('');
  const { stdout } = spawnSync('script', ['-qec', 'bash --noprofile --rcfile rc -i', '/dev/null'], {
    cwd: root,
    input: `${typed}exit\n`,
    encoding: 'utf8',
  });
  const completed = [...stdout.matchAll(/^<(.*?) ?>\r?$/gm)].map(([, line]) => line);
  assert.deepEqual(completed, [
    'flow plan',
    'flow run folds',
    'flow run folds@1',
    'flow cat folds@1.model',
    'flow run --profile=quick',
    'flow run --set recipe.lr=7',
    'flow plan --file other/',
  ]);
});

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

const isThere = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const skipWithout = (shell: string) =>
  isThere(shell) && isThere('script') ? false : `there is no ${shell}, or no script to give it a terminal`;

function createShell(rc: string) {
  const project = createProject();
  chmodSync(project.bin, 0o755);
  symlinkSync(project.bin, join(project.root, 'flow'));
  project.write('rc', rc);
  return project.root;
}

const lines = [
  'pla\t',
  'run fol\t',
  'run folds@\t1',
  'cat folds@1.m\t',
  'run --profile=qui\t',
  'run --set rec\t.l\t7',
  'plan --file oth\t',
];
const completed = [
  'flow plan',
  'flow run folds',
  'flow run folds@1',
  'flow cat folds@1.model',
  'flow run --profile=quick',
  'flow run --set recipe.lr=7',
  'flow plan --file other/',
];

/**
 * What a person has on the line after a Tab: the shell itself, at a terminal. Each line becomes the argument of an echo, so
 * that what stands on it after the completion is seen.
 */
function typeAt(root: string, shell: string, begin = ''): (string | undefined)[] {
  const typed = lines.map((line) => `flow ${line}\x01echo "<\x05>"\n`).join('');
  const { stdout } = spawnSync('script', ['-qec', shell, '/dev/null'], {
    cwd: root,
    input: `${begin}${typed}exit\n`,
    encoding: 'utf8',
  });
  const plain = stdout.replaceAll('\x1b[J', '');
  return [...plain.matchAll(/^<(.*?) ?>\r?$/gm)].map(([, line]) => line);
}

test('bash completes a word that it takes apart at its word breaks', { skip: skipWithout('bash') }, () => {
  const root = createShell(
    `PS1=; PATH="$PWD:$PATH"; bind 'set enable-bracketed-paste off'; eval "$(flow completion bash)"\n`,
  );
  assert.deepEqual(typeAt(root, 'bash --noprofile --rcfile rc -i'), completed);
});

test('zsh completes the same, behind compinit', { skip: skipWithout('zsh') }, () => {
  const root = createShell(
    `PS1=; PATH="$PWD:$PATH"; bindkey -e; unsetopt auto_remove_slash; autoload -Uz compinit; compinit -u -D; eval "$(flow completion zsh)"\n`,
  );
  assert.deepEqual(typeAt(root, 'zsh -f -i', 'source ./rc\n'), completed);
});

test('fish is told of the same, with a few words on each', { skip: skipWithout('fish') }, () => {
  const root = createShell('set PATH $PWD $PATH; flow completion fish | source\n');
  const told = (line: string) => {
    const asked = ['-N', '-C', 'source rc', '-c', 'complete -C $argv[1]', line];
    return spawnSync('fish', asked, { cwd: root, encoding: 'utf8' }).stdout.split('\n').filter(Boolean).sort();
  };
  assert.deepEqual(told('flow pla'), ['plan\tshow what a run would do, and why']);
  assert.deepEqual(told('flow run folds@'), ['folds@0', 'folds@1']);
  assert.deepEqual(told('flow cat folds@1.m'), ['folds@1.model']);
  assert.deepEqual(told('flow run --profile=qui'), ['--profile=quick']);
  assert.deepEqual(told('flow run --set recipe.l'), ['recipe.lr=\t1']);
  assert.deepEqual(told('flow run --keep shrink,folds@1'), ['shrink,folds@1']);
  assert.deepEqual(told('flow plan --file oth'), ['other/']);
});

import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type BinProject, createBinProject } from './bin-project.ts';

const projects: BinProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

const pipeline = `
vars: { word: one }
stages:
  one: { run: 'cat \${in.text} > \${out}; echo \${with.word} >> \${out}', in: { text: text.txt }, with: { word: $word }, out: one.txt }
  two: { run: 'cat \${in.text} > \${out}; echo two >> \${out}', in: { text: one }, out: two.txt }
`;

function create(files: Readonly<Record<string, string>> = {}): BinProject {
  const project = createBinProject({ 'pipeline.yaml': pipeline, 'text.txt': 'hello\n', ...files });
  projects.push(project);
  return project;
}

function objects(project: BinProject): string[] {
  const folder = join(project.root, '.flow/objects');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

test('flow verify: sound, healed from artifacts/, and lost with the price of making it again', () => {
  const project = create();
  project.flow('run');
  const sound = project.flow('verify');
  assert.equal(sound.status, 0, sound.text);
  assert.match(sound.text, /^the store is sound: 2 objects, \d+ B, read in [\d.]+ s\n$/);

  const [first = ''] = objects(project);
  chmodSync(first, 0o644);
  writeFileSync(first, 'rubbish');
  const healed = project.flow('verify');
  assert.equal(healed.status, 0, healed.text);
  assert.match(
    healed.text,
    /^! (one|two): its object [0-9a-f]{12} is damaged, healed from artifacts\/(one|two)\/\1\.txt$/m,
  );
  assert.match(healed.text, /^sound again: 1 fault healed: 2 objects/m);

  project.flow('clean');
  for (const path of objects(project)) unlinkSync(path);
  const lost = project.flow('verify');
  assert.equal(lost.status, 1, lost.text);
  assert.match(lost.text, /^✗ one: its object [0-9a-f]{12} is missing$/m);
  assert.match(lost.text, /^ {2}one: the next run makes it again \(about [\d.]+ s\)$/m);
  const answer = JSON.parse(project.flow('verify', '--json').text);
  assert.deepEqual(
    answer.next.map(({ task, decision }: { task: string; decision: string }) => [task, decision]),
    [
      ['one', 'run'],
      ['two', 'wait'],
    ],
  );
  assert.equal(project.flow('run').status, 0);
  assert.equal(project.flow('verify').status, 0);
  assert.ok(existsSync(join(project.root, '.flow/damaged')));
});

test('what is asked of the store alone is answered while the pipeline holds a fault, and nothing else is', () => {
  const project = create();
  project.flow('run');
  project.write('pipeline.yaml', `${pipeline}  three: [\n`);
  const answered = (words: string[], answer: RegExp) => {
    const { status, text } = project.flow(...words);
    assert.equal(status, 0, text);
    assert.match(text, /^pipeline\.yaml:\d+:\d+: error: /m);
    assert.match(text, answer);
  };
  answered(['runs'], /^\d+-\d+-\w+ +done .*2 ran/m);
  answered(['log'], /^two +[\d.]+ s/m);
  const [first = ''] = objects(project);
  chmodSync(first, 0o644);
  writeFileSync(first, 'rubbish');
  answered(['verify'], /damaged, healed from artifacts\/(one|two)\/\1\.txt$/m);
  assert.deepEqual(JSON.parse(project.flow('verify', '--json').text).faults, []);
  answered(['clean'], /^removed artifacts\/ \(2 files/m);
  for (const words of [['log', 'two'], ['gc'], ['gc', '--dry-run'], ['status'], ['run']])
    assert.equal(project.flow(...words).status, 2, words.join(' '));
  project.write('pipeline.yaml', pipeline);
  assert.equal(project.flow('runs', '--set', 'nothing=1').status, 2);
});

test('flow gc: a dry run says what the real one does, the current artifacts stay, a size that cannot be reached is told', () => {
  const project = create();
  project.flow('run');
  project.flow('run', '--set', 'word=two');
  const dry = project.flow('gc', '--max-size', '1B', '--dry-run', '--set', 'word=two');
  assert.equal(dry.status, 1, dry.text);
  assert.match(dry.text, /^would drop [\d.]+ K?B of .*\n[\s\S]*\bone +1 result/);
  assert.match(dry.text, /this is more than 1 B, since nothing else may go/);
  const real = project.flow('gc', '--max-size', '1B', '--set', 'word=two');
  const without = (text: string) =>
    text.replace('would drop', 'dropped').replace('would stay', 'stays').split('stays')[0];
  assert.equal(without(real.text), without(dry.text));
  assert.match(project.flow('run', '--set', 'word=two').text, /nothing to do/);
  assert.match(project.flow('run').text, /2 tasks ran/);
  assert.equal(project.flow('gc', '--max-size', 'much').status, 2);
  assert.equal(JSON.parse(project.flow('gc', '--json', '--dry-run').text).reached, true);
});

test('flow audit names a task that comes out differently, with the first difference', () => {
  const counting = pipeline.replace('echo two', 'echo x >> runs.log; wc -l < runs.log');
  const project = create({ 'pipeline.yaml': counting });
  project.flow('run');
  const audit = project.flow('audit');
  assert.equal(audit.status, 1, audit.text);
  assert.match(audit.text, /^✗ two: comes out differently, first at line 3: "1" → "2"$/m);
  assert.match(audit.text, /^1 of 2 results came out as recorded/m);
  assert.equal(project.flow('audit', 'one').status, 0);
  assert.equal(JSON.parse(project.flow('audit', '--json', '--sample', '50%', '--seed', '1').text).parts, 2);
  assert.equal(project.flow('audit', '--sample', '500%').status, 2);
  assert.match(project.flow('run').text, /nothing to do/);
});

test('flow gc killed at any moment leaves a store with which runs go on; one beside a run takes nothing from it', async () => {
  const slow = pipeline.replace('echo two', 'while [ ! -e go ]; do sleep 0.02; done; echo two');
  const project = create({ 'pipeline.yaml': slow });
  project.write('go', '');
  project.flow('run');
  for (let time = 0; time < 3; time += 1) {
    project.flow('run', '--set', `word=w${time}`);
    const collecting = project.start('gc', '--max-size', '1B');
    await new Promise((resolve) => setTimeout(resolve, 60 + time * 90));
    collecting.kill('SIGKILL');
    await collecting.ended;
    unlinkSync(join(project.root, 'go'));
    const run = project.start('run', '--set', `word=v${time}`);
    while (!run.text().includes('two: started')) await new Promise((resolve) => setTimeout(resolve, 20));
    const beside = project.flow('gc', '--max-size', '1B');
    project.write('go', '');
    assert.match(beside.text, /goes on: what may be needed there stays/);
    assert.equal(await run.ended, 0, run.text());
    assert.doesNotMatch(run.text(), /damaged|again/);
    assert.equal(project.read('artifacts/two/two.txt'), `hello\nv${time}\ntwo\n`);
    assert.equal(project.flow('verify', '--set', `word=v${time}`).status, 0);
  }
});

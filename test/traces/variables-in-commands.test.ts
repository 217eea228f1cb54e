import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainChange } from '../../engine/cli/render/change.ts';
import { ask, inProject, type TraceProject } from './project.ts';

// A variable in the text of a command is told as the parameter that it is; the key is that of the command as it runs.

const pipeline = `
vars: { lr: 0.1, deep: { epochs: 3, name: net }, flags: [a, b] }
stages:
  up: { run: 'cat \${p.path} > \${out}; echo \${lr} >> \${out}', each: { p: photos }, out: "\${p.id}" }
  train:
    run: 'echo "{ \\"mAP\\": \${lr} }" > \${out}; : \${deep.epochs} \${with.note} \${in.photos}'
    in: { photos: up }
    with: { note: x }
    out: score.json
    metrics: { out: [mAP] }
  list: { run: [sh, -c, 'echo "$1 $2" > "$0"', "\${out}", "\${flags}", "--name=\${deep.name}"], out: list.txt }
`;
const files = { 'pipeline.yaml': pipeline, 'photos/a.jpg': 'A', 'photos/b.jpg': 'B' };
const nothing = ['reused up', 'reused list', 'reused train'];

const edit = (project: TraceProject, from: string | RegExp, to: string) =>
  project.write('pipeline.yaml', project.read('pipeline.yaml').replaceAll(from, to));
const why = (project: TraceProject, reference: string) =>
  ask(project, async (opened) =>
    (await opened.why({ reference })).flatMap(({ changes }) => changes.map(explainChange)),
  );

test('another value is told as a parameter, by its name, and nothing else is', () =>
  inProject(files, async (project) => {
    await project.run();
    edit(project, 'lr: 0.1, deep: { epochs: 3', 'lr: 0.2, deep: { epochs: 4');
    assert.deepEqual(await why(project, 'up'), ['vars.lr 0.1 → 0.2']);
    edit(project, 'flags: [a, b]', 'flags: [a, c]');
    assert.deepEqual(await why(project, 'list'), ['vars.flags.1 b → c']);
    assert.deepEqual((await project.run()).sort(), ['ran list', 'ran train', 'ran up: 2 made, 0 reused, 0 skipped']);
    edit(project, 'epochs: 4', 'epochs: 5');
    edit(project, ': ${deep.epochs}', ': -n ${deep.epochs}');
    const [first, second, ...more] = await why(project, 'train');
    assert.equal(first, 'vars.deep.epochs 4 → 5');
    assert.match(second ?? '', /^command /);
    assert.deepEqual(more, []);
  }));

test('a variable of another name, or its value in its place, is no reason to run', () =>
  inProject(files, async (project) => {
    await project.run();
    edit(project, /\blr\b/g, 'rate');
    assert.deepEqual((await project.run()).sort(), nothing.toSorted());
    edit(project, '${rate}', '0.1');
    assert.deepEqual((await project.run()).sort(), nothing.toSorted());
    project.write('photos/c.jpg', 'C');
    assert.ok((await project.run()).includes('ran up: 1 made, 2 reused, 0 skipped'));
  }));

test('tries show it, and restore writes it back', () =>
  inProject(files, async (project) => {
    await project.run();
    await project.run('', { settings: { set: [{ path: 'lr', value: 0.3 }] } });
    const { tries } = await ask(project, (opened) => opened.tries([]));
    assert.deepEqual(
      tries.map(({ parameters, metrics, isNow }) => [parameters, metrics, isNow]),
      [
        [{ 'train.lr': 0.3 }, { 'out.mAP': 0.3 }, false],
        [{ 'train.lr': 0.1 }, { 'out.mAP': 0.1 }, true],
      ],
    );
    const answer = await ask(project, (opened) => opened.restore({ name: tries[0]?.name ?? '', dryRun: false }));
    assert.ok(answer.isWritten);
    assert.equal(project.read('pipeline.yaml'), pipeline.replace('lr: 0.1', 'lr: 0.3'));
    assert.deepEqual((await project.run()).sort(), nothing.toSorted());
  }));

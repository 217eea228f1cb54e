import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestText } from '../../engine/hash/digest.ts';
import type { GcAnswer, VerifyAnswer } from '../../engine/model/upkeep.ts';
import { ask, inProject, type TraceProject } from './project.ts';

const chain = `
vars: { word: one }
stages:
  one: { run: 'cat \${in.text} > \${out}; echo \${with.word} >> \${out}; echo 1 >> runs.log', in: { text: text.txt }, with: { word: $word }, out: one.txt }
  tree: { run: 'mkdir -p \${out}/deep; cp \${in.text} \${out}/deep/a; echo b > \${out}/b; echo 2 >> runs.log', in: { text: one }, out: tree/ }
  each: { run: 'cp \${item.path} \${out}; echo \${item.id} >> \${out}; echo \${item.id} >> items.log', each: { item: tree }, out: '\${item.id}' }
  list: { run: 'ls \${in.files} > \${out}; echo 4 >> runs.log', in: { files: each }, out: list.txt }
`;
const names = ['one', 'tree', 'each', 'list'];
const all = (word: string) => names.map((name) => `${word} ${name}`);

function objectOf(project: TraceProject, digest: string): string {
  return join(project.root, '.flow/objects', digest.slice(0, 2), digest.slice(2));
}

function objects(project: TraceProject): string[] {
  const folder = join(project.root, '.flow/objects');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

async function verify(project: TraceProject): Promise<VerifyAnswer> {
  const open = await project.open();
  try {
    return await open.verify();
  } finally {
    await open.close();
  }
}

const unhealed = (answer: VerifyAnswer) => answer.faults.filter(({ healedFrom }) => healedFrom === undefined);

test('verify heals from artifacts/ what is damaged, and names what it cannot heal with what the next run does', () =>
  inProject({ 'pipeline.yaml': chain, 'text.txt': 'hello\n' }, async (project) => {
    await project.run();
    assert.deepEqual((await verify(project)).faults, []);
    // All but what the view shares through links, which is spoilt with it.
    const spoilt = objects(project).filter((path) => statSync(path).nlink === 1);
    for (const path of spoilt) {
      chmodSync(path, 0o644);
      writeFileSync(path, 'rubbish');
    }
    const answer = await verify(project);
    assert.equal(answer.faults.length, spoilt.length);
    // The list of the items' ids is nowhere else.
    assert.deepEqual(
      unhealed(answer).map(({ owners }) => owners.join()),
      ['the list of files of each'],
    );
    assert.deepEqual(answer.next, [
      { task: 'each', decision: 'run', expectedSeconds: answer.next[0]?.expectedSeconds },
    ]);
    const items = project.read('items.log');
    assert.deepEqual(await project.run(), [
      'reused one',
      'reused tree',
      'ran each: 0 made, 2 reused, 0 skipped',
      'reused list',
    ]);
    assert.equal(project.read('items.log'), items);
    assert.deepEqual((await verify(project)).faults, []);
  }));

test('an output that the store lost and artifacts/ does not show is planned, and made, again', () =>
  inProject({ 'pipeline.yaml': chain, 'text.txt': 'hello\n' }, async (project) => {
    await project.run();
    rmSync(join(project.root, 'artifacts'), { recursive: true });
    unlinkSync(objectOf(project, digestText('hello\none\n')));
    const answer = await verify(project);
    const [fault] = unhealed(answer);
    assert.deepEqual(fault?.owners, ['tree: deep/a', 'one']);
    assert.deepEqual(
      answer.next.map(({ task, decision }) => `${decision} ${task}`),
      ['run one', 'wait tree'],
    );
    assert.deepEqual((await project.plan()).slice(0, 2), ['run one', 'wait tree for one']);
    assert.deepEqual(
      (await project.run()).filter((line) => !line.startsWith('notice')),
      ['ran one', 'restored tree', 'restored each', 'restored list'],
    );
    assert.deepEqual((await verify(project)).faults, []);
    assert.deepEqual(await project.run(), all('reused'));
  }));

async function gc(project: TraceProject, request: { maxBytes?: number; dryRun?: boolean } = {}): Promise<GcAnswer> {
  const open = await project.open();
  try {
    return await open.gc({ dryRun: false, ...request });
  } finally {
    await open.close();
  }
}

const settings = (word: string) => ({ settings: { set: [{ path: 'word', value: word }] } });

test('gc drops another variant, which lineage still tells of, which is planned as run, and which comes out as before', () =>
  inProject({ 'pipeline.yaml': chain, 'text.txt': 'hello\n' }, async (project) => {
    await project.run();
    const before = project.read('artifacts/list/list.txt');
    await project.run('', settings('two'));
    const dry = await gc(project, { maxBytes: 1, dryRun: true });
    const real = await gc(project, { maxBytes: 1 });
    assert.deepEqual({ ...real, dryRun: true }, dry);
    assert.deepEqual(
      real.dropped
        .filter(({ kind }) => kind === 'result')
        .map(({ name }) => name)
        .sort(),
      ['each', 'one', 'tree'],
    );
    assert.deepEqual(await project.run('', settings('two')), all('reused'));
    assert.deepEqual((await verify(project)).faults, []);

    const plan = await project.plan();
    assert.deepEqual(plan, ['run one', 'wait tree for one', 'wait each for tree', 'wait list for each']);
    const ran = await project.run();
    assert.deepEqual(
      ran,
      ['ran one', 'ran tree', 'ran each: 1 made, 1 reused, 0 skipped', 'restored list'].map((line) => line),
    );
    assert.equal(project.read('artifacts/list/list.txt'), before);
    assert.deepEqual(await project.run(), all('reused'));
    const open = await project.open();
    const node = await open.lineage('list');
    assert.equal(node.inputs[0]?.node.made?.task, 'each');
    await open.close();
  }));

test('what a run found in place stays while it goes on, though another run shows something else and a third makes room', () => {
  const pipeline = `
vars: { word: one, last: 1 }
stages:
  each: { run: 'cp \${item.path} \${out}; echo \${with.word} >> \${out}; echo x >> items.log', each: { item: data }, with: { word: $word }, out: '\${item.id}' }
  list: { run: 'touch begun; while [ ! -e go ]; do sleep 0.02; done; cat \${in.files}/* > \${out}', in: { files: each }, with: { last: $last }, out: list.txt }
`;
  return inProject({ 'pipeline.yaml': pipeline, 'data/a': 'a\n', 'data/b': 'b\n' }, async (project) => {
    const other = await project.open({ set: [{ path: 'word', value: 'two' }] });
    project.write('go', '');
    await project.run();
    rmSync(join(project.root, 'go'));
    rmSync(join(project.root, 'begun'));
    const running = project.run('', { settings: { set: [{ path: 'last', value: 2 }] } });
    while (!existsSync(join(project.root, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 10));
    const signal = new AbortController().signal;
    for await (const _ of other.run({ targets: ['each'], force: [], failFast: false, signal }));
    await other.close();
    const before = project.read('items.log');
    assert.equal((await gc(project, { maxBytes: 1 })).living.length, 1);
    project.write('go', '');
    const lines = await running;
    assert.deepEqual(
      lines.map((line) => line.replace(/^notice .* changed while/, 'notice changed while')),
      ['reused each', 'notice changed while list ran; it runs again', 'ran list'],
    );
    assert.equal(project.read('artifacts/list/list.txt'), 'a\none\nb\none\n');
    assert.equal(project.read('items.log'), before, 'no item was made again');
  });
});

test('gc leaves the lists of source folders by which why tells the files that changed', () =>
  inProject(
    { 'pipeline.yaml': chain.replace('text: text.txt', 'text: data'), 'data/a': 'a', 'data/b': 'b' },
    async (project) => {
      project.write('pipeline.yaml', project.read('pipeline.yaml').replace('cat ${in.text}', 'cat ${in.text}/*'));
      await project.run('one');
      await gc(project, { maxBytes: 1 });
      project.write('data/b', 'other');
      const [why] = await ask(project, (open) => open.why({ reference: 'one' }));
      assert.match(JSON.stringify(why), /"changed":\["b"\]/);
    },
  ));

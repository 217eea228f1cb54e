import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { listJournals, readJournal } from '../../engine/store/journals.ts';
import { inProject } from './project.ts';

const pipeline = `
stages:
  copy: { run: 'cp \${in.a} \${out.b}', in: { a: ./a }, out: { b: b } }
  fail: { run: 'test -e never && echo > \${out.c}', in: { b: copy.b }, out: { c: c } }
`;

test('a run writes down what it says, with the keys of what it made; a quiet one nothing', () =>
  inProject({ 'pipeline.yaml': pipeline, a: 'a' }, async ({ root, run, events }) => {
    const folder = join(root, '.flow', 'journals');
    await run('fail');
    const [first = assert.fail('no journal'), ...none] = listJournals(folder);
    assert.deepEqual(none, []);
    const journal = readJournal(folder, first) ?? assert.fail('no journal');
    assert.deepEqual(
      journal.entries.map(({ event }) => event),
      JSON.parse(JSON.stringify(events())),
    );
    assert.deepEqual(
      [journal.head.run, journal.head.pipeline, journal.head.targets],
      [first, 'pipeline.yaml', ['fail']],
    );
    assert.deepEqual(Object.keys(journal.end?.keys ?? {}), ['copy']);
    await run('copy');
    assert.deepEqual(listJournals(folder), [first]);
    rmSync(join(root, 'artifacts'), { recursive: true });
    await run('copy');
    const [second = first] = listJournals(folder);
    assert.notEqual(second, first);
    assert.deepEqual(readJournal(folder, second)?.end, journal.end);
  }));

test('a journal can be read while its run goes on, and past a line that was cut', () =>
  inProject(
    {
      'pipeline.yaml':
        "stages: { wait: { run: 'while ! test -e go; do sleep 0.02; done; echo > ${out.b}', out: { b: b } } }",
    },
    async ({ root, write, run, open }) => {
      const folder = join(root, '.flow', 'journals');
      const running = run();
      const kinds = () => {
        const [name] = listJournals(folder);
        return name === undefined ? [] : (readJournal(folder, name)?.entries ?? []).map(({ event }) => event.kind);
      };
      while (!kinds().includes('started')) await sleep(10);
      assert.deepEqual(kinds(), ['run-started', 'started']);
      write('go', '');
      await running;
      assert.deepEqual(kinds(), ['run-started', 'started', 'finished', 'run-finished']);
      const [file = ''] = readdirSync(folder);
      const whole = readFileSync(join(folder, file), 'utf8');
      appendFileSync(join(folder, file), '{"at":1,"event":{"ki');
      assert.deepEqual(kinds(), ['run-started', 'started', 'finished', 'run-finished']);
      assert.ok(whole.endsWith('\n') && existsSync(folder));
      await (await open()).close();
    },
  ));

test('a run whose journal cannot be written goes on', () =>
  inProject({ 'pipeline.yaml': pipeline, a: 'a' }, async ({ root, write, run }) => {
    write('.flow/journals', 'a file where the folder should be');
    assert.deepEqual(await run('copy'), ['ran copy']);
    assert.equal(readFileSync(join(root, 'artifacts/copy/b'), 'utf8'), 'a');
  }));

test('who follows hears the newest run from its start, and what later runs say as they say it', () =>
  inProject({ 'pipeline.yaml': pipeline, a: 'a' }, async ({ write, run, open }) => {
    await run('copy');
    const project = await open();
    const stop = new AbortController();
    const heard: string[] = [];
    const following = (async () => {
      for await (const { line } of project.follow(stop.signal)) {
        heard.push('event' in line ? line.event.kind : 'keys' in line ? 'end' : 'head');
      }
    })();
    const whole = ['head', 'run-started', 'started', 'finished', 'run-finished', 'end'];
    while (heard.length < whole.length) await sleep(10);
    assert.deepEqual(heard, whole);
    write('a', 'b');
    await run('copy');
    while (heard.length < 2 * whole.length) await sleep(10);
    assert.deepEqual(heard, [...whole, ...whole]);
    stop.abort();
    await following;
    await project.close();
  }));

test('the structure lists tasks with what they need, the contents the files of an artifact', () =>
  inProject(
    {
      'pipeline.yaml': `
default: join
stages:
  each: { run: 'cp ${'$'}{x.path} ${'$'}{out}', each: { x: photos }, out: '${'$'}{x.stem}.txt' }
  join: { run: 'cat ${'$'}{in.all}/* > ${'$'}{out}', in: { all: each }, matrix: { n: [1, 2] }, out: all.txt }
`,
      'photos/one.jpg': 'one',
      'photos/two.jpg': 'two',
    },
    async ({ run, open }) => {
      const project = await open();
      const { tasks } = await project.structure();
      assert.deepEqual(
        tasks.map(({ task, needs, isEach, outs }) => [task, needs, isEach, outs.map(({ view }) => view)]),
        [
          ['each', [], true, ['each']],
          ['join@1', ['each'], false, ['join/n=1/all.txt']],
          ['join@2', ['each'], false, ['join/n=2/all.txt']],
        ],
      );
      await assert.rejects(project.contents('each'), /artifacts\/ shows nothing of each/);
      await project.close();
      await run();
      const later = await open();
      const { entries } = await later.contents('each');
      assert.deepEqual(entries, [
        { path: 'one.txt', bytes: 3, id: 'one.jpg' },
        { path: 'two.txt', bytes: 3, id: 'two.jpg' },
      ]);
      assert.deepEqual((await later.contents('join@1')).entries, [{ path: '', bytes: 6 }]);
      await later.close();
    },
  ));

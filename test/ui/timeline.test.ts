import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTimeline } from '../../ui/page/timeline.ts';
import { inProject } from '../traces/project.ts';
import { openWindow, browserIsMissing as skip } from './browser.ts';

/** `b` and `c` need `a`; each holds both of two cores, so that one of them waits for the other. */
const pipeline = `
default: [b, c]
stages:
  a: { run: 'sleep 0.4; echo a > \${out}', out: a.txt }
  b: { run: 'sleep 0.4; cp \${in.a} \${out}', in: { a: a }, out: b.txt, resources: { cpu: 2 } }
  c: { run: 'sleep 0.4; cp \${in.a} \${out}', in: { a: a }, out: c.txt, resources: { cpu: 2 } }
  d: { run: 'exit 3', in: { a: a }, out: d.txt }
  e: { run: 'cp \${in.d} \${out}', in: { d: d }, out: e.txt }
  wish: { run: 'echo "[{ \\"n\\": 2 }]" > \${out}', out: wish.json }
  many: { run: 'cp \${in.of} \${out}', matrix: { n: [1, 2] }, in: { of: only.txt }, out: n.txt }
  chosen: { run: 'cp \${in.all} \${out}', in: { all: { from: many, only: wish } }, out: x.txt }
`;

test('a timeline says what each task waited for, and what was held', () =>
  inProject({ 'pipeline.yaml': pipeline, 'only.txt': 'x' }, async (project) => {
    await project.run('b c');
    await project.run('e');
    await project.run('chosen');
    // What was waited for is what the run waited for, whatever the pipeline says now.
    project.write('pipeline.yaml', "stages: { c: { run: 'echo > ${out}', out: c.txt } }\n");
    const opened = await project.open();
    try {
      const [choosing, failing, working] = await opened.runs(3);
      const read = async (run = '') => readTimeline(await opened.journal(run), 0);
      const { bars, cores, jobs = 0 } = await read(working?.run);
      assert.deepEqual(
        bars.map(({ task, outcome, behind, held }) => [task, outcome, behind, held]),
        [
          ['a', 'done', undefined, []],
          ['b', 'done', 'a', []],
          ['c', 'done', 'a', jobs < 4 ? ['b'] : []],
        ],
      );
      assert.ok(bars.every(({ ready, start, end }) => 0 <= ready && ready <= start && start < end));
      assert.equal(cores.at(-1)?.held, 0);
      const failed = await read(failing?.run);
      assert.deepEqual(
        failed.bars.map(({ task, outcome, cpu }) => [task, outcome, cpu]),
        [
          ['a', 'reused', 0],
          ['d', 'failed', 1],
          ['e', 'blocked', 0],
        ],
      );
      const chosen = await read(choosing?.run);
      assert.deepEqual(
        chosen.bars.map(({ task, behind }) => [task, behind]),
        [
          ['wish', undefined],
          ['many@2', 'wish'],
          ['chosen', 'many@2'],
        ],
      );
      await assert.rejects(opened.journal('20200101-000000-abcd'), /no run/);
    } finally {
      await opened.close();
    }
  }));

test('a run is shown in time, with reasons to read and other runs to go to', { skip }, (context) =>
  inProject({ 'pipeline.yaml': pipeline, 'only.txt': 'x' }, async (project) => {
    await project.run('a');
    await project.run('b c');
    const { page, visit, complaints } = await openWindow(context, project.root);
    await visit('timeline');
    const bars = page.getByRole('list', { name: 'Tasks in the order in which they began' }).getByRole('link');
    await bars.first().waitFor();
    assert.deepEqual(await bars.allTextContents(), ['b', 'c']);
    await bars.nth(1).focus();
    await page.waitForSelector('.told:has-text("c ran for")');
    await page.getByRole('listitem').filter({ hasText: 'a: done, 1 ran' }).getByRole('link').click();
    await page.getByRole('link', { name: /^a: ran/ }).waitFor();
    assert.deepEqual(await bars.allTextContents(), ['a']);
    await bars.first().click();
    await page.waitForSelector('h1:has-text("a")');
    assert.deepEqual(complaints, []);
  }),
);

import assert from 'node:assert/strict';
import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTraceProject, type TraceProject } from './project.ts';

/** Each body writes into runs.log, which no key knows of: a hidden rerun would show. */
const chain = `
stages:
  upper:
    run: tr a-z A-Z < \${in.text} > \${out} && echo upper >> runs.log
    in: { text: words.txt }
    out: upper.txt
  count:
    run: wc -l < \${in.text} > \${out} && echo count >> runs.log
    in: { text: upper }
    out: count.txt
  report:
    run: cat \${in.count} \${in.title} > \${out} && echo report >> runs.log
    in: { count: count, title: title.txt }
    out: report.txt
`;

async function withChain(body: (project: TraceProject) => Promise<void>): Promise<void> {
  const project = createTraceProject({ 'pipeline.yaml': chain, 'words.txt': 'a\nb\n', 'title.txt': 'words\n' });
  try {
    assert.deepEqual(await project.run(), ['ran upper', 'ran count', 'ran report']);
    await body(project);
  } finally {
    project.remove();
  }
}

const nothing = ['reused upper', 'reused count', 'reused report'];

test('a second run runs nothing', () =>
  withChain(async (project) => {
    assert.deepEqual(await project.run(), nothing);
    assert.equal(project.read('artifacts/report/report.txt'), '2\nwords\n');
    assert.equal(project.read('runs.log'), 'upper\ncount\nreport\n');
  }));

test('a touched input runs nothing', () =>
  withChain(async (project) => {
    utimesSync(join(project.root, 'words.txt'), 1, 1);
    assert.deepEqual(await project.run(), nothing);
  }));

test('equal output upstream stops there', () =>
  withChain(async (project) => {
    project.write('words.txt', 'c\nd\n');
    assert.deepEqual(await project.run(), ['ran upper', 'ran count', 'reused report']);
  }));

test('a reverted edit is restored, not recomputed', () =>
  withChain(async (project) => {
    project.write('words.txt', 'a\nb\nc\n');
    assert.deepEqual(await project.run(), ['ran upper', 'ran count', 'ran report']);
    project.write('words.txt', 'a\nb\n');
    assert.deepEqual(await project.run(), ['restored upper', 'restored count', 'restored report']);
    assert.equal(project.read('artifacts/report/report.txt'), '2\nwords\n');
  }));

test('artifacts/ removed is brought back', () =>
  withChain(async (project) => {
    rmSync(join(project.root, 'artifacts'), { recursive: true });
    assert.deepEqual(await project.run(), ['restored upper', 'restored count', 'restored report']);
  }));

test('an artifact edited by hand is kept aside, said, and never read downstream', () =>
  withChain(async (project) => {
    project.write('artifacts/count/count.txt', 'many\n');
    const lines = await project.run();
    assert.match(
      lines.join('\n'),
      /notice artifacts\/count\/count\.txt was changed by hand; your version is kept as \.flow\/edited\//,
    );
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('notice')),
      ['reused upper', 'restored count', 'reused report'],
    );
    assert.equal(project.read('artifacts/count/count.txt'), '2\n');
  }));

test('only what a target needs runs', () =>
  withChain(async (project) => {
    project.write('words.txt', 'a\nb\nc\n');
    assert.deepEqual(await project.run('upper'), ['ran upper']);
    assert.deepEqual(await project.run('count'), ['reused upper', 'ran count']);
  }));

test('force runs a stage although its result is known; equal output stops below it', () =>
  withChain(async (project) => {
    assert.deepEqual(await project.run('', { force: ['count'] }), ['reused upper', 'ran count', 'reused report']);
  }));

test('a failure blocks what is below it and lets the others finish', async () => {
  const project = createTraceProject({
    'pipeline.yaml': `
stages:
  bad: { run: "echo is broken >&2; exit 3", out: bad.txt }
  below: { run: "cp \${in.x} \${out}", in: { x: bad }, out: below.txt }
  good: { run: "echo fine > \${out}", out: good.txt }
`,
  });
  try {
    const lines = await project.run();
    assert.deepEqual([...lines].sort(), ['blocked below by bad', 'failed bad: exit 3', 'ran good']);
    const failed = project.events().find((event) => event.kind === 'failed');
    assert.ok(failed?.kind === 'failed' && failed.logTail.includes('is broken'));
  } finally {
    project.remove();
  }
});

test('plan says what the next run does, and changes nothing', () =>
  withChain(async (project) => {
    project.write('words.txt', 'c\nd\n');
    assert.deepEqual(await project.plan(), ['run upper', 'wait count for upper', 'wait report for count']);
    assert.deepEqual(await project.plan(), ['run upper', 'wait count for upper', 'wait report for count']);
  }));

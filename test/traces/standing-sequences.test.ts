import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inProject } from './project.ts';

import { forget, inOrder, inQuiet, names, told } from './standing-project.ts';

// The same over several edits, and where what stands is not told by stages alone.

test('edit after edit, and back, each is noticed; a quiet run between them or none', () =>
  inQuiet(async (project) => {
    for (const between of [false, true]) {
      for (const [path, stages] of [
        ['in/lone.txt', ['lone']],
        ['in/top.txt', ['top', 'low', 'lowest']],
      ] as const) {
        const text = project.read(path);
        project.write(path, between ? `other ${text}` : `new ${text}`);
        assert.deepEqual(inOrder(await project.run()), told(stages.map((stage) => `ran ${stage}`)));
        if (between) for (const _ of [1, 2]) assert.deepEqual(inOrder(await project.run()), told([]));
        project.write(path, text);
        assert.deepEqual(inOrder(await project.run()), told(stages.map((stage) => `restored ${stage}`)));
        if (between) for (const _ of [1, 2]) assert.deepEqual(inOrder(await project.run()), told([]));
      }
    }
  }));

test('a quiet run after an edited one is remembered as a whole, without a look at what stood', () =>
  inQuiet(async (project) => {
    project.write('in/lone.txt', 'other');
    await project.run();
    forget(project, ['lone']);
    assert.deepEqual(inOrder(await project.run()), told([]));
    // As it stands now, nothing at all is read.
    forget(project, []);
    assert.deepEqual(await project.run(), told([]));
    project.write('in/lone.txt', 'lone');
    await assert.rejects(project.run());
  }));

test('a variable that changed beside a source changes what rests on it', () =>
  inQuiet(async (project) => {
    process.env.FLOW_TEST_MOOD = 'good';
    try {
      project.write('in/lone.txt', 'other');
      assert.deepEqual(inOrder(await project.run()), told(['ran lone', 'ran mood']));
    } finally {
      delete process.env.FLOW_TEST_MOOD;
    }
    assert.deepEqual(inOrder(await project.run()), told(['restored mood']));
  }));

test('what another run showed is not taken for what stood, though its bytes are the same', () =>
  inQuiet(async (project) => {
    // By another key: it is a result of its own, which lineage has to tell.
    const settings = { set: [{ path: 'end', value: 't' }] };
    assert.deepEqual(inOrder(await project.run('mood', { settings })), ['ran mood']);
    project.write('in/lone.txt', 'other');
    assert.deepEqual(inOrder(await project.run()), told(['ran lone', 'restored mood']));
    // By a person's choice, which the next run takes back.
    assert.deepEqual(inOrder(await project.run('', { keep: ['top'] })), told([]));
    project.write('in/lone.txt', 'third');
    assert.deepEqual(inOrder(await project.run()), told(['ran lone', 'restored top']));
  }));

const choice = `
stages:
  pick: { run: 'printf %s \${of} > \${out}', matrix: { of: [1, 2, 3] }, out: of.txt }
  sum: { run: 'cat \${in.parts} > \${out}', in: { parts: { from: pick, only: choice.json } }, out: sum.txt }
  lone: { run: 'cat \${in.text} > \${out}', in: { text: in/lone.txt }, out: lone.txt }
default: [sum, lone]
`;

test('a choice is made anew, and what it asks for no more is not spoken of', () =>
  inProject(
    { 'pipeline.yaml': choice, 'choice.json': '[{"of": 1}, {"of": 2}]', 'in/lone.txt': '' },
    async (project) => {
      const stood = ['reused lone', 'reused pick@1', 'reused pick@2', 'reused sum'];
      await project.run();
      assert.deepEqual((await project.run()).sort(), stood);
      project.write('choice.json', '[{"of": 1}, {"of": 3}]');
      assert.deepEqual((await project.run()).sort(), ['ran pick@3', 'ran sum', 'reused lone', 'reused pick@1']);
      project.write('in/lone.txt', 'other');
      assert.deepEqual((await project.run()).sort(), ['ran lone', 'reused pick@1', 'reused pick@3', 'reused sum']);
    },
  ));

const reasons = {
  'pipeline.yaml': `
stages:
  look: { use: look.ts, each: { photo: photos }, out: '\${photo.stem}.txt' }
  tell: { use: tell.ts, in: { photos: look }, out: told.txt }
  lone: { run: 'cat \${in.text} > \${out}', in: { text: in/lone.txt }, out: lone.txt }
`,
  'look.ts': `import { copyFileSync, readFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
export default itemStage({
  params: z.object({}),
  inputs: {},
  outputs: { out: file },
  run: ({ items }) => {
    for (const { path, outputs, skip } of items) {
      if (path.endsWith('a.txt')) copyFileSync(path, outputs.out);
      else skip(readFileSync(process.env.FLOW_TEST_REASON, 'utf8'));
    }
  },
});
`,
  'tell.ts': `import { writeFileSync } from 'node:fs';
import { file, itemsWithSkips, stage } from 'flow/stage';
import { z } from 'zod';
export default stage({
  params: z.object({}),
  inputs: { photos: itemsWithSkips },
  outputs: { out: file },
  run: ({ inputs, outputs }) => writeFileSync(outputs.out, JSON.stringify(inputs.photos.skipped)),
});
`,
  'photos/a.txt': 'a',
  'photos/b.txt': 'b',
  'in/lone.txt': '',
};

test('a result made once more by force may differ in what it skipped and why', () =>
  inProject(reasons, async (project) => {
    project.write('reason.txt', 'dark');
    process.env.FLOW_TEST_REASON = join(project.root, 'reason.txt');
    try {
      await project.run();
      const look = 'ran look: 1 made, 0 reused, 1 skipped';
      assert.deepEqual((await project.run()).sort(), ['reused lone', 'reused look', 'reused tell']);
      project.write('reason.txt', 'blurred');
      assert.deepEqual(await project.run('look', { force: ['look'] }), [look]);
      project.write('in/lone.txt', 'other');
      assert.deepEqual((await project.run()).sort(), ['ran lone', 'ran tell', 'reused look']);
      assert.match(project.read('artifacts/tell/told.txt'), /blurred/);
    } finally {
      delete process.env.FLOW_TEST_REASON;
    }
  }));

test('force and keep decide on everything, and a run of a part leaves the journal of a whole one', () =>
  inQuiet(async (project) => {
    project.write('in/lone.txt', 'other');
    await project.run();
    const opened = await project.open();
    const [journal] = await opened.runs(1);
    const whole = journal && (await opened.journal(journal.run));
    await opened.close();
    assert.deepEqual(Object.keys(whole?.end?.keys ?? {}).sort(), [...names].sort());
    const [first, ...rest] = project.events();
    assert.equal(first?.kind === 'run-started' && first.tasks, names.length);
    const last = rest.at(-1);
    assert.equal(last?.kind === 'run-finished' && last.summary.reused, names.length - 1);
    project.write('in/lone.txt', 'third');
    assert.deepEqual(inOrder(await project.run('', { force: ['mood'] })), told(['ran lone', 'ran mood']));
    project.write('in/lone.txt', 'fourth');
    assert.deepEqual(inOrder(await project.run('', { keep: ['lone'] })), told([]));
    assert.deepEqual(inOrder(await project.run()), told(['ran lone']));
    assert.deepEqual(inOrder(await project.run()), told([]));
  }));

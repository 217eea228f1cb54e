import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tamper } from './finished-run.ts';
import { ask, inProject, type TraceProject } from './project.ts';

// A run that found nothing to do is remembered; whatever could change that has to be noticed by the next one.

const files = {
  'pipeline.yaml': `
vars: { more: '' }
stages:
  join: { run: 'cat \${in.texts}/*.txt > \${out}; printf %s \${with.more} "$FLOW_TEST_MOOD" >> \${out}', in: { texts: texts, late: late.txt? }, with: { more: $more }, env: [FLOW_TEST_MOOD], out: join.txt }
  count: { use: count.ts, in: { text: join }, with: { words: words.txt }, out: count.txt }
`,
  'count.ts': `import { copyFileSync } from 'node:fs';
import { file, stage } from 'flow/stage';
import { z } from 'zod';
export default stage({
  params: z.object({ words: z.string().meta({ file: true }) }),
  inputs: { text: file },
  outputs: { out: file },
  run: ({ inputs, outputs }) => copyFileSync(inputs.text, outputs.out),
});
`,
  'words.txt': 'one two',
  'texts/a.txt': 'a',
  'texts/b.txt': 'b',
};
const nothing = ['reused join', 'reused count'];
const planned = ['reuse join', 'reuse count'];

const remembered = ({ root }: TraceProject) => join(root, '.flow/cache/standstills');

async function inStandstill(body: (project: TraceProject) => Promise<void>): Promise<void> {
  await inProject(files, async (project) => {
    assert.deepEqual(await project.run(), ['ran join', 'ran count']);
    assert.deepEqual(await project.run(), nothing);
    assert.equal(readdirSync(remembered(project)).length, 1);
    assert.deepEqual(await project.run(), nothing);
    await body(project);
  });
}

const edits: Record<string, { edit: (project: TraceProject) => void; told: string[] }> = {
  'a touched source': { edit: ({ root }) => utimesSync(join(root, 'texts/a.txt'), 1, 1), told: nothing },
  'a changed source': { edit: ({ write }) => write('texts/a.txt', 'A'), told: ['ran join', 'ran count'] },
  'a source more': { edit: ({ write }) => write('texts/c.txt', 'c'), told: ['ran join', 'ran count'] },
  'an optional source that came': { edit: ({ write }) => write('late.txt', ''), told: ['ran join', 'reused count'] },
  'a file that a parameter names': {
    edit: ({ write }) => write('words.txt', 'three'),
    told: ['reused join', 'ran count'],
  },
  'a comment in the code': { edit: ({ write }) => write('count.ts', `// New.\n${files['count.ts']}`), told: nothing },
  'other code': {
    edit: ({ write }) => write('count.ts', files['count.ts'].replace('run: (', 'run: async (')),
    told: ['reused join', 'ran count'],
  },
  'an output that is gone': {
    edit: ({ root }) => rmSync(join(root, 'artifacts/join/join.txt')),
    told: ['restored join', 'reused count'],
  },
  'an output changed with its size and time put back': {
    edit: ({ root }) => tamper(join(root, 'artifacts/count/count.txt')),
    told: ['reused join', 'restored count'],
  },
  'a comment in the pipeline': {
    edit: ({ write }) => write('pipeline.yaml', `# New.\n${files['pipeline.yaml']}`),
    told: nothing,
  },
  'memory lost': { edit: (project) => rmSync(remembered(project), { recursive: true }), told: nothing },
  'memory damaged': {
    edit: (project) => {
      for (const name of readdirSync(remembered(project))) writeFileSync(join(remembered(project), name), '{');
    },
    told: nothing,
  },
  'the view removed': {
    edit: ({ root }) => rmSync(join(root, 'artifacts'), { recursive: true }),
    told: ['restored join', 'restored count'],
  },
};
for (const [name, { edit, told }] of Object.entries(edits)) {
  test(`nothing to do, then ${name}`, () =>
    inStandstill(async (project) => {
      edit(project);
      const ran = await project.run();
      assert.deepEqual(
        ran.filter((line) => !line.startsWith('notice')),
        told,
      );
      assert.deepEqual(await project.run(), nothing);
      assert.deepEqual(await project.run(), nothing);
    }));
}

for (const [name, { edit, told }] of Object.entries(edits)) {
  test(`a plan knows it, too: ${name}`, () =>
    inStandstill(async (project) => {
      assert.deepEqual(await project.plan(), planned);
      edit(project);
      const plan = await project.plan();
      assert.equal(JSON.stringify(plan) === JSON.stringify(planned), told === nothing, plan.join('\n'));
      const ran = await project.run();
      assert.deepEqual(
        ran.filter((line) => !line.startsWith('notice')),
        told,
      );
    }));
}

test('a plan that finds nothing to do is remembered, and says the same as one that decided', () =>
  inProject(files, async (project) => {
    await project.run();
    const whole = await ask(project, (opened) => opened.plan({ targets: [] }));
    assert.equal(readdirSync(remembered(project)).length, 1);
    assert.deepEqual(await ask(project, (opened) => opened.plan({ targets: [] })), whole);
    assert.deepEqual(
      whole.tasks.map(({ decision }) => decision.kind),
      ['reuse', 'reuse'],
    );
    const forced = await ask(project, (opened) => opened.plan({ targets: [], force: ['count'] }));
    assert.deepEqual(
      forced.tasks.map(({ decision }) => decision.kind),
      ['reuse', 'run'],
    );
    assert.deepEqual(await project.run(), nothing);
  }));

test('what a plan hashed is not hashed again, though it found something to do or to say', () =>
  inProject(files, async (project) => {
    // Files younger than the clock's tick are hashed a second time, whoever asks.
    await new Promise((resolve) => setTimeout(resolve, 30));
    const packs = () =>
      readdirSync(join(project.root, '.flow/cache/files')).filter((name) => name.endsWith('.pack')).length;
    await project.plan();
    assert.ok(packs() > 0);
    rmSync(join(project.root, '.flow'), { recursive: true });
    project.write('pipeline.yaml', files['pipeline.yaml'].replace('words.txt', 'nowhere.txt'));
    assert.equal((await project.diagnose()).length, 1);
    assert.ok(packs() > 0);
  }));

test('a declared variable changes and changes back', () =>
  inStandstill(async (project) => {
    process.env.FLOW_TEST_MOOD = 'good';
    try {
      assert.deepEqual(await project.run(), ['ran join', 'ran count']);
    } finally {
      delete process.env.FLOW_TEST_MOOD;
    }
    assert.deepEqual(await project.run(), ['restored join', 'restored count']);
    assert.deepEqual(await project.run(), nothing);
  }));

test('other settings, other targets and force are not what is remembered', () =>
  inStandstill(async (project) => {
    assert.deepEqual(await project.run('join'), ['reused join']);
    assert.deepEqual(await project.run('join'), ['reused join']);
    const settings = { set: [{ path: 'more', value: '!' }] };
    assert.deepEqual(await project.run('', { settings }), ['ran join', 'ran count']);
    // Both settings were remembered or not, but artifacts/ shows the others' files now.
    assert.deepEqual(await project.run(), ['restored join', 'restored count']);
    assert.deepEqual(await project.run('', { settings }), ['restored join', 'restored count']);
    assert.deepEqual(await project.run('', { settings, force: ['join'] }), ['ran join', 'reused count']);
    assert.ok(existsSync(remembered(project)));
  }));

test('what is remembered says the same, event by event', () =>
  inStandstill(async (project) => {
    const untimed = () =>
      JSON.stringify(project.events(), (name, value) => (/^(at|run|seconds)$/.test(name) ? 0 : value));
    const second = untimed();
    rmSync(remembered(project), { recursive: true });
    await project.run();
    assert.equal(untimed(), second);
  }));

test('a quiet run, remembered or not, removes what a killed run left', () =>
  inStandstill(async (project) => {
    for (const isRemembered of [true, false]) {
      if (!isRemembered) rmSync(remembered(project), { recursive: true });
      const left = join(project.root, '.flow/attempts/20200101-000000-dead');
      mkdirSync(left, { recursive: true });
      writeFileSync(join(left, 'half'), '');
      writeFileSync(join(project.root, '.flow/runs/20200101-000000-dead.lock'), '');
      assert.deepEqual(await project.run(), nothing);
      assert.ok(!existsSync(left));
      assert.deepEqual(readdirSync(join(project.root, '.flow/runs')), []);
    }
  }));

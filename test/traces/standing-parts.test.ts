import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestText } from '../../engine/hash/digest.ts';
import { objects, quiet, tamper } from './finished-run.ts';
import { inProject, type TraceProject } from './project.ts';

// Of a pipeline of which something changed since a quiet run, the stages that this does not reach are not decided on.

const files = {
  'pipeline.yaml': `
vars: { end: '' }
stages:
  lone: { run: 'cat \${in.text} > \${out}', in: { text: in/lone.txt }, out: lone.txt }
  top: { run: 'cat \${in.text} > \${out}', in: { text: in/top.txt }, out: top.txt }
  low: { run: 'head -c 1 \${in.text} > \${out}', in: { text: top }, out: low.txt }
  lowest: { run: 'cat \${in.text} > \${out}; printf %s \${with.end} >> \${out}', in: { text: low }, with: { end: $end }, out: lowest.txt }
  script: { run: 'sh script.sh > \${out}', code: [script.sh], out: script.txt }
  mood: { run: 'printf %s "$FLOW_TEST_MOOD" > \${out}', with: { end: $end }, env: [FLOW_TEST_MOOD], out: mood.txt }
  each: { run: 'cat \${photo.path} > \${out}', each: { photo: photos }, out: '\${photo.stem}.txt' }
  album: { run: 'cat \${in.all}/*.txt > \${out}', in: { all: each }, out: album/all.txt }
`,
  'in/lone.txt': 'lone',
  'in/top.txt': 'top',
  'script.sh': 'echo script',
  'photos/a.txt': 'a',
  'photos/b.txt': 'b',
};
const names = ['lone', 'top', 'low', 'lowest', 'script', 'mood', 'each', 'album'];
const grounds = ({ root }: TraceProject) => join(root, '.flow/cache/grounds');
const artifact = ({ root }: TraceProject, path: string) => join(root, 'artifacts', path);
const objectOf = (project: TraceProject, text: string) =>
  objects(project).find((path) => readFileSync(path, 'utf8') === text) as string;

/** In the order of the file, since what stands is told of first. */
function inOrder(lines: readonly string[]): string[] {
  const place = (line: string) => names.indexOf(/^\w+ (\w+)/.exec(line)?.[1] ?? '');
  return quiet(lines).sort((a, b) => place(a) - place(b));
}

/** What a run says where all but these were reused. */
function told(others: readonly string[]): string[] {
  const other = (name: string) => others.find((line) => line.split(/[ :]/)[1] === name);
  return names.map((name) => other(name) ?? `reused ${name}`);
}

async function inQuiet(body: (project: TraceProject) => Promise<void>): Promise<void> {
  await inProject(files, async (project) => {
    await project.run();
    assert.deepEqual(await project.run(), told([]));
    assert.equal(readdirSync(grounds(project)).length, 1);
    await body(project);
  });
}

interface Edit {
  readonly edit: (project: TraceProject) => void;
  readonly others: readonly string[];
  /** What is decided on; nothing where all is. */
  readonly decided?: readonly string[];
}

const edits: Record<string, Edit> = {
  'a changed source': {
    edit: ({ write }) => write('in/lone.txt', 'other'),
    others: ['ran lone'],
    decided: ['lone'],
  },
  'a source at the top of a chain': {
    edit: ({ write }) => write('in/top.txt', 'new'),
    others: ['ran top', 'ran low', 'ran lowest'],
    decided: ['top', 'low', 'lowest'],
  },
  'a source of which nothing reaches far': {
    edit: ({ write }) => write('in/top.txt', 'tip'),
    others: ['ran top', 'ran low'],
    decided: ['top', 'low', 'lowest'],
  },
  'a touched source beside a changed one': {
    edit: ({ root, write }) => {
      utimesSync(join(root, 'in/top.txt'), 1, 1);
      write('in/lone.txt', 'other');
    },
    others: ['ran lone'],
    decided: ['lone'],
  },
  'another script': {
    edit: ({ write }) => write('script.sh', 'echo other'),
    others: ['ran script'],
    decided: ['script'],
  },
  'an item more': {
    edit: ({ write }) => write('photos/c.txt', 'c'),
    others: ['ran each: 1 made, 2 reused, 0 skipped', 'ran album'],
    decided: ['each', 'album'],
  },
  'a damaged output below a chain': {
    edit: (project) => tamper(artifact(project, 'lowest/lowest.txt')),
    others: ['restored lowest'],
    decided: ['top', 'low', 'lowest'],
  },
  'an output that is gone': {
    edit: (project) => rmSync(artifact(project, 'low/low.txt')),
    others: ['restored low'],
    decided: ['top', 'low', 'lowest'],
  },
  'an output that is gone from the store, too': {
    edit: (project) => {
      rmSync(objectOf(project, 'script\n'), { force: true });
      rmSync(artifact(project, 'script/script.txt'));
    },
    others: ['ran script'],
    decided: ['script'],
  },
  'a list of items that is gone, and an album that needs it': {
    edit: (project) => {
      rmSync(artifact(project, 'album/album/all.txt'));
      rmSync(objectOf(project, 'ab'), { force: true });
      for (const path of objects(project)) if (readFileSync(path, 'utf8').includes('a.txt')) rmSync(path);
    },
    others: ['ran each: 0 made, 2 reused, 0 skipped', 'ran album'],
    decided: ['each', 'album'],
  },
  'a file more in the view': {
    edit: (project) => project.write('artifacts/each/more.txt', 'more'),
    others: ['restored each'],
    decided: ['each', 'album'],
  },
  'a book of the view that is gone': {
    edit: ({ root }) => rmSync(join(root, '.flow/view.json')),
    others: names.map((name) => `restored ${name}`),
  },
  'another parameter': {
    edit: ({ write }) => write('pipeline.yaml', files['pipeline.yaml'].replace("end: ''", 'end: z')),
    others: ['ran lowest', 'ran mood'],
  },
};

for (const [name, { edit, others, decided = names }] of Object.entries(edits)) {
  test(`what stands beside ${name} is not even read`, () =>
    inQuiet(async (project) => {
      edit(project);
      forget(project, decided);
      assert.deepEqual(inOrder(await project.run()), told(others));
      // What is there is what a run shows that knows nothing of the quiet one.
      const shown = project.files('artifacts').map((path) => project.read(`artifacts/${path}`));
      rmSync(join(project.root, '.flow/cache'), { recursive: true });
      assert.deepEqual(await project.run(), told([]));
      assert.deepEqual(
        project.files('artifacts').map((path) => project.read(`artifacts/${path}`)),
        shown,
      );
    }));
}

/** Takes the stages away that are not to be decided on; a run that read one would fail. */
function forget({ root }: TraceProject, decided: readonly string[]): void {
  const folder = join(root, '.flow/cache/pipelines');
  for (const file of readdirSync(folder)) {
    const [head, ...stages] = readFileSync(join(folder, file), 'utf8').slice(65).split('\n');
    assert.equal(stages.length, names.length);
    const body = [head, ...stages.map((stage, place) => (decided.includes(names[place] ?? '') ? stage : 'gone'))];
    writeFileSync(join(folder, file), `${digestText(body.join('\n'))}\n${body.join('\n')}`);
  }
}

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

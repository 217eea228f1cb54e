import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inProject, type TraceProject } from './project.ts';

/** Adds a line to runs.log at every run: a hidden rerun would show. */
const module = `import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { file, optional, stage } from 'flow/stage';
import { z } from 'zod';
import { shout } from './words.ts';
export default stage({
  params: z.object({ size: z.number().default(1), net: z.object({ name: z.string(), deep: z.boolean().default(false) }).default({ name: 'small' }) }),
  inputs: { text: file, extra: optional(file) },
  outputs: { out: file, note: optional(file) },
  run: ({ params, inputs, outputs }) => {
    appendFileSync('runs.log', 'x');
    const extra = inputs.extra === undefined ? '-' : readFileSync(inputs.extra, 'utf8');
    writeFileSync(outputs.out, shout(readFileSync(inputs.text, 'utf8')) + params.size + params.net.name + extra);
    if (params.size > 1) writeFileSync(outputs.note, 'large');
  },
});
`;
const words = `export const shout = (text: string) => text.toUpperCase();\nexport const unused = 1;\n`;
const pipeline = (also = '') => `
stages:
  say: { use: say.ts, in: { text: text.txt, extra: extra.txt? }${also}, out: { out: said.txt, note: note.txt? } }
  below: { run: 'cat \${in.said} \${in.note} > \${out}', in: { said: say.out, note: say.note? }, out: below.txt }
`;
const files = { 'pipeline.yaml': pipeline(), 'say.ts': module, 'words.ts': words, 'text.txt': 'hello' };

async function inStages(body: (project: TraceProject) => Promise<void>): Promise<void> {
  await inProject(files, async (project) => {
    assert.deepEqual(await project.run(), ['ran say', 'ran below']);
    assert.deepEqual(await project.run(), nothing);
    await body(project);
  });
}

const nothing = ['reused say', 'reused below'];
const both = ['ran say', 'ran below'];
const back = ['restored say', 'restored below'];

test('a parameter changed, nested, and back', () =>
  inStages(async (project) => {
    project.write('pipeline.yaml', pipeline(', with: { size: 1 }'));
    assert.deepEqual(await project.run(), nothing);
    project.write('pipeline.yaml', pipeline(', with: { size: 0 }'));
    assert.deepEqual(await project.run(), both);
    project.write('pipeline.yaml', pipeline(', with: { net: { name: large } }'));
    assert.deepEqual(await project.run(), both);
    project.write('pipeline.yaml', pipeline(', with: { net: { name: large, deep: true } }'));
    assert.deepEqual(await project.run(), ['ran say', 'reused below']);
    project.write('pipeline.yaml', pipeline());
    assert.deepEqual(await project.run(), back);
    assert.equal(project.read('artifacts/below/below.txt'), 'HELLO1small-');
    assert.equal(project.read('runs.log'), 'xxxx');
  }));

test('nothing runs after a comment, reformatting, an unused export, a file that nobody imports', () =>
  inStages(async (project) => {
    for (const [path, text] of [
      ['say.ts', module.replace('run: (', '// Why not?\n  run: (')],
      ['say.ts', module.replaceAll('    ', '\t').replaceAll(', ', ',  ')],
      ['words.ts', `/* A word. */ ${words}`],
      ['words.ts', words.replace('unused = 1', 'unused = 2')],
      ['more.ts', 'export const more = 1;'],
    ] as const) {
      project.write(path, text);
      assert.deepEqual(await project.run(), nothing, text);
    }
  }));

test('a real change of an imported file runs, and back is restored', () =>
  inStages(async (project) => {
    project.write('words.ts', words.replace('toUpperCase', 'toLowerCase'));
    assert.deepEqual(await project.run(), both);
    project.write('words.ts', words);
    assert.deepEqual(await project.run(), back);
  }));

test('an optional input appears, changes and disappears', () =>
  inStages(async (project) => {
    project.write('extra.txt', '!');
    assert.deepEqual(await project.run(), both);
    assert.equal(project.read('artifacts/below/below.txt'), 'HELLO1small!');
    project.write('extra.txt', '?');
    assert.deepEqual(await project.run(), both);
    rmSync(join(project.root, 'extra.txt'));
    assert.deepEqual(await project.run(), back);
    assert.equal(project.read('artifacts/below/below.txt'), 'HELLO1small-');
  }));

test('an optional output is absent, then there, then absent again', () =>
  inStages(async (project) => {
    assert.equal(existsSync(join(project.root, 'artifacts/say/note.txt')), false);
    project.write('pipeline.yaml', pipeline(', with: { size: 2 }'));
    assert.deepEqual(await project.run(), both);
    assert.equal(project.read('artifacts/below/below.txt'), 'HELLO2small-large');
    project.write('pipeline.yaml', pipeline());
    assert.deepEqual(await project.run(), back);
    assert.equal(existsSync(join(project.root, 'artifacts/say/note.txt')), false);
    assert.deepEqual(await project.run(), nothing);
  }));

for (const [title, also, expected] of [
  ['a parameter of another type', ', with: { size: big }', /^wrong-parameter 3:\d+ .*size/],
  ['an unknown parameter', ', with: { sise: 1 }', /^wrong-parameter 3:\d+ .*sise/],
  ['a nested one', ', with: { net: { nam: x } }', /^wrong-parameter 3:\d+ .*na/],
] as const) {
  test(`refused at its line: ${title}`, () =>
    inProject({ ...files, 'pipeline.yaml': pipeline(also) }, async (project) => {
      const [first = ''] = await project.diagnose();
      assert.match(first, expected);
      assert.equal(existsSync(join(project.root, 'runs.log')), false);
    }));
}

for (const [title, path, text, expected] of [
  ['no module', 'pipeline.yaml', pipeline().replace('say.ts', 'sai.ts'), /^\S+ 3:\d+ .*sai\.ts/],
  ['a module without a stage', 'say.ts', 'export const x = 1;', /^not-a-stage 1:1/],
  ['a module that does not compile', 'say.ts', 'export default stage({', /say\.ts|1:\d+/],
  ['an input that it does not have', 'pipeline.yaml', pipeline().replace('extra:', 'ekstra:'), /^unknown-input 3:\d+/],
  [
    'an output that it does not have',
    'pipeline.yaml',
    pipeline().replace('note: note', 'nota: note').replace('say.note', 'say.nota'),
    /^unknown-output 3:\d+/,
  ],
  ['an input that it needs', 'pipeline.yaml', pipeline().replace('text: text.txt, ', ''), /^input-not-given 3:\d+/],
  ['a folder for a file', 'pipeline.yaml', pipeline().replace('said.txt', 'said/'), /^output-kind 3:\d+/],
] as const) {
  test(`refused before anything runs: ${title}`, () =>
    inProject({ ...files, [path]: text }, async (project) => {
      const [first = ''] = await project.diagnose();
      assert.match(first, expected);
      assert.equal(existsSync(join(project.root, 'runs.log')), false);
    }));
}

test('a module that throws, writes nothing or a link, fails with a word', () =>
  inStages(async (project) => {
    const body = (text: string) => module.replace('writeFileSync(outputs.out,', `${text}; (() => {})(`);
    project.write('say.ts', body("throw new Error('no luck')"));
    assert.deepEqual(await project.run(), ['failed say: threw', 'blocked below by say']);
    project.write('say.ts', body(''));
    assert.deepEqual(await project.run(), ['failed say: output-missing', 'blocked below by say']);
    project.write(
      'say.ts',
      body("symlinkSync('/etc/passwd', outputs.out)").replace('readFileSync,', 'readFileSync, symlinkSync,'),
    );
    assert.deepEqual(await project.run(), ['failed say: output-wrong', 'blocked below by say']);
    project.write('say.ts', body('process.exit(3)'));
    assert.deepEqual(await project.run(), ['failed say: worker-lost', 'blocked below by say']);
    project.write('say.ts', module);
    assert.deepEqual(await project.run(), nothing);
  }));

const trained = `import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { file, stage } from 'flow/stage';
import { z } from 'zod';
export default stage({
  params: z.object({ epochs: z.number(), rate: z.number().default(1), start: z.string().meta({ file: true }).default('start.txt') }),
  inputs: {},
  outputs: { out: file },
  run: ({ params, outputs, checkpoint }) => {
    const path = join(checkpoint, 'epoch');
    const from = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
    for (let epoch = from + 1; epoch <= params.epochs; epoch += 1) {
      appendFileSync('epochs.log', epoch + ' ');
      writeFileSync(path, String(epoch));
      if (epoch === 2 && existsSync('die')) process.kill(process.pid, 'SIGKILL');
    }
    writeFileSync(outputs.out, readFileSync(params.start, 'utf8') + params.epochs);
  },
});
`;

test("a file that a parameter names by its schema's default counts, and has to be there", () => {
  const pipeline = 'stages: { train: { use: train.ts, with: { epochs: 1 }, out: model.txt } }';
  return inProject({ 'pipeline.yaml': pipeline, 'train.ts': trained }, async (project) => {
    const missing = "missing-path 1:35 'with.start' of stage 'train': there is no file or folder 'start.txt'";
    assert.deepEqual(await project.diagnose(), [missing]);
    project.write('start.txt', 's');
    assert.deepEqual(await project.run(), ['ran train']);
    assert.deepEqual(await project.run(), ['reused train']);
    project.write('start.txt', 't');
    assert.deepEqual(await project.run(), ['ran train']);
    assert.equal(project.read('artifacts/train/model.txt'), 't1');
  });
});

test('a killed training goes on at its checkpoint; what is resumable keeps it; a file parameter counts', () => {
  const train = (epochs: number, rest = '') => `
stages:
  train: { use: train.ts, with: { epochs: ${epochs}, start: start.txt${rest} }, resumable: [epochs], deterministic: false, out: model.txt }
`;
  return inProject({ 'pipeline.yaml': train(3), 'train.ts': trained, 'start.txt': 's', die: '' }, async (project) => {
    assert.deepEqual(await project.run(), ['failed train: worker-lost']);
    rmSync(join(project.root, 'die'));
    assert.deepEqual(await project.run(), ['ran train']);
    assert.equal(project.read('epochs.log'), '1 2 3 ');
    project.write('pipeline.yaml', train(5));
    assert.deepEqual(await project.run(), ['ran train']);
    assert.equal(project.read('epochs.log'), '1 2 3 4 5 ');
    project.write('pipeline.yaml', train(2, ', rate: 2'));
    assert.deepEqual(await project.run(), ['ran train']);
    assert.equal(project.read('epochs.log'), '1 2 3 4 5 1 2 ');
    project.write('start.txt', 't');
    assert.deepEqual(await project.run(), ['ran train']);
    assert.equal(project.read('artifacts/train/model.txt'), 't2');
    project.write('start.txt', 's');
    assert.deepEqual(await project.run(), ['restored train']);
    assert.equal(project.read('epochs.log'), '1 2 3 4 5 1 2 1 2 ');
    assert.deepEqual(await project.run('', { force: ['train'] }), ['ran train']);
    assert.equal(project.read('epochs.log'), '1 2 3 4 5 1 2 1 2 1 2 ', 'what is forced does its epochs again');
  });
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { unpackRecord } from '../../engine/store/compact-record.ts';
import { createTraceProject, inProject, type TraceProject } from './project.ts';

/** What says `skip` is an item without a result (the stage's own word: no test is skipped); files that begin with `GIF8` are taken, all others ignored. */
const stage = `
import { readFileSync, writeFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
export default itemStage({
  params: z.object({}),
  inputs: {},
  outputs: { text: file, size: file },
  takes: ['image/gif'],
  run: ({ items }) => {
    for (const item of items) {
      const text = readFileSync(item.path, 'utf8');
      if (text.includes('skip')) { item.skip(text.slice(6)); continue; }
      writeFileSync(item.outputs.text, text);
      writeFileSync(item.outputs.size, String(text.length));
    }
  },
});
`;
const pipeline = (from = 'src') => `
stages:
  first:
    use: stage.ts
    each: { p: ${from} }
    out: { text: "\${p.dir}/\${p.stem}.txt", size: "size/\${p.id}.size" }
  second: { run: 'cat \${q.path} > \${out}', each: { q: first.text }, out: "\${q.dir}/\${q.stem}.copy" }
`;
const gif = (text: string) => `GIF89a${text}`;

/** What artifacts/ shows, with what its records say of the items, and without what tells when and where they were made. */
function shown(project: TraceProject) {
  const [, ...lines] = readFileSync(join(project.root, '.flow/view.json'), 'utf8').split('\n');
  const records = (JSON.parse(lines.join('\n')).tasks as [string, string, readonly unknown[]][]).map(
    ([task, key, record]) => {
      const { outputs, skips, items } = unpackRecord(record);
      const { skipped, ignored, made, reused } = items ?? { skipped: 0, ignored: 0, made: 0, reused: 0 };
      return { task, key, outputs, skips, counts: { skipped, ignored, outputs: made + reused } };
    },
  );
  const files = project.files('artifacts').map((path) => [path, project.read(join('artifacts', path))]);
  return { records: records.sort((a, b) => (a.task < b.task ? -1 : 1)), files };
}

/** The same files in a project of its own, which knows of no earlier run. */
async function clean(project: TraceProject, from?: string) {
  const other = createTraceProject({ 'pipeline.yaml': pipeline(from), 'stage.ts': stage });
  try {
    for (const path of project.files('src')) other.write(`src/${path}`, project.read(`src/${path}`));
    await other.run();
    return shown(other);
  } finally {
    other.remove();
  }
}

const sources = {
  'src/a.gif': gif('a'),
  'src/a/b.gif': gif('b'),
  'src/c.gif': gif('skip it'),
  'src/d.gif': gif('d'),
  'src/note': 'no picture',
};

for (const from of ['src', '"src/**"'])
  test(`whatever came and went in ${from}, records and outputs are those of a clean run`, () =>
    inProject({ 'pipeline.yaml': pipeline(from), 'stage.ts': stage, ...sources }, async (project) => {
      await project.run();
      const edits: (() => void)[] = [
        () => project.write('src/b.gif', gif('skip before')),
        () => project.write('src/z/z.gif', gif('z')),
        () => project.write('src/c.gif', gif('mended')),
        () => project.write('src/A.gif', gif('a')),
        () => project.write('src/note2', 'nothing'),
        () => renameSync(join(project.root, 'src/a/b.gif'), join(project.root, 'src/a/\u{1F600}.gif')),
        () => project.write('src/a/\uFB01.gif', gif('ligature')),
        () => rmSync(join(project.root, 'src/a.gif')),
        () => project.write('src/d.gif', gif('skip from now on')),
        () => rmSync(join(project.root, 'src/z'), { recursive: true }),
        () => project.write('src/note', gif('a picture')),
        () => rmSync(join(project.root, 'src/b.gif')),
      ];
      for (let count = 0; count < edits.length; count += 3) {
        for (const edit of edits.slice(count, count + 3)) edit();
        const lines = await project.run();
        assert.deepEqual(shown(project), await clean(project, from), `after edit ${count}: ${lines.join('; ')}`);
      }
    }));

for (const [title, path, text] of [
  ['that was made', 'src/a.GIF', gif('another')],
  ['that was skipped', 'src/c.GIF', gif('another')],
  ['that has its folder there', 'src/a.txt/x.gif', gif('another')],
] as const)
  test(`a new item at the place of one ${title} is refused`, () =>
    inProject({ 'pipeline.yaml': pipeline(), 'stage.ts': stage, ...sources }, async (project) => {
      await project.run();
      project.write(path, text);
      assert.deepEqual(await project.run(), ['failed first: same-place', 'blocked second by first']);
      rmSync(join(project.root, path.split('/').slice(0, 2).join('/')), { recursive: true });
      assert.deepEqual(await project.run(), ['reused first', 'reused second']);
    }));

test('of other code, and of another folder of a list, nothing stands', () =>
  inProject({ 'pipeline.yaml': pipeline(), 'stage.ts': stage, ...sources }, async (project) => {
    await project.run();
    project.write('stage.ts', stage.replace('String(text.length)', 'String(text.length + 1)'));
    project.write('src/e.gif', gif('e'));
    assert.equal((await project.run())[0], 'ran first: 4 made, 0 reused, 1 skipped');
    project.write('pipeline.yaml', pipeline('[src]'));
    project.write('src/f.gif', gif('f'));
    assert.equal((await project.run())[0], 'ran first: 5 made, 0 reused, 1 skipped');
    assert.ok(project.files('artifacts/first').includes('text/src/f.txt'));
  }));

test('a result of which the list of sources is lost is looked up item by item', () =>
  inProject({ 'pipeline.yaml': pipeline(), 'stage.ts': stage, ...sources }, async (project) => {
    await project.run();
    const objects = join(project.root, '.flow/objects');
    for (const path of readdirSync(objects, { recursive: true, encoding: 'utf8' })) {
      const file = join(objects, path);
      if (!statSync(file).isFile() || !readFileSync(file, 'utf8').startsWith('flow manifest 1\n')) continue;
      rmSync(file);
      writeFileSync(file, 'flow manifest 1\ndamaged');
    }
    project.write('src/e.gif', gif('e'));
    assert.equal((await project.run())[0], 'ran first: 1 made, 3 reused, 1 skipped');
    assert.deepEqual(shown(project), await clean(project));
  }));

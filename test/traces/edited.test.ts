import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inProject, type TraceProject } from './project.ts';

// What a person edits below artifacts/ is never read and never lost: the next run moves it aside and says where to.

const files = {
  'pipeline.yaml': `
stages:
  one: { run: 'cp \${in.x} \${out}', in: { x: x.txt }, out: one.txt }
  tree: { run: 'mkdir -p \${out}/deep; cp \${in.x} \${out}/deep/a.txt; cp \${in.x} \${out}/b.txt', in: { x: one }, out: tree/ }
  copies: { each: { file: sources }, run: 'cp \${file.path} \${out}', out: '\${file.id}' }
  all: { run: 'cat \${in.tree}/b.txt \${in.copies}/* > \${out}; echo all >> runs.log', in: { tree: tree, copies: copies }, out: all.txt }
`,
  'x.txt': 'x',
  'sources/p.txt': 'p',
  'sources/q.txt': 'q',
};

/** Views of items may be links into the store, which are not to be written through. */
function edit(project: TraceProject, path: string): void {
  rmSync(join(project.root, path), { force: true });
  project.write(path, `mine ${path}`);
  chmodSync(join(project.root, path), 0o644);
}

const edits = [
  'artifacts/one/one.txt',
  'artifacts/tree/tree/deep/a.txt',
  'artifacts/tree/tree/added.txt',
  'artifacts/copies/p.txt',
  'artifacts/copies/mine.txt',
];

const otherDisk = '/dev/shm';
const noOther =
  existsSync(otherDisk) && statSync(otherDisk).dev !== statSync(tmpdir()).dev ? false : 'there is no second filesystem';

test('the same where artifacts/ lies on another disk, and no copy is left behind', { skip: noOther }, () =>
  inProject(files, async (project) => {
    const disk = mkdtempSync(join(otherDisk, 'flow-view-'));
    try {
      symlinkSync(disk, join(project.root, 'artifacts'));
      await editAll(project);
      const left = readdirSync(disk, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('flow-new'));
      assert.deepEqual(left, []);
    } finally {
      rmSync(disk, { recursive: true });
    }
  }),
);

test('edited and added files of files, folders and items are moved aside, and the sentence says where', () =>
  inProject(files, editAll));

async function editAll(project: TraceProject): Promise<void> {
  await project.run();
  assert.equal((await project.run()).length, 4);
  const before = project.files('artifacts').map((path) => [path, project.read(`artifacts/${path}`)]);
  for (const path of edits) edit(project, path);
  const lines = await project.run();
  const said = lines.flatMap((line) => {
    const match = /^notice (\S+) was changed by hand; your version is kept as (\S+)$/.exec(line);
    return match ? [[match[1], match[2]] as const] : [];
  });
  assert.deepEqual(said.map(([from]) => from).sort(), [...edits].sort());
  for (const [from, to = ''] of said) {
    assert.ok(to.startsWith('.flow/edited/'), to);
    assert.equal(project.read(to), `mine ${from}`);
  }
  assert.deepEqual(
    project.files('artifacts').map((path) => [path, project.read(`artifacts/${path}`)]),
    before,
  );
  assert.equal(project.read('runs.log'), 'all\n', 'nothing below read an edited file');
  assert.deepEqual((await project.run()).sort(), ['reused all', 'reused copies', 'reused one', 'reused tree']);
}

test('an edit is kept aside when a new result takes its place, and twice under two names', () =>
  inProject(files, async (project) => {
    await project.run();
    for (const round of ['1', '2']) {
      edit(project, 'artifacts/one/one.txt');
      project.write('x.txt', round);
      const lines = await project.run('one');
      assert.match(lines.join('\n'), /^ran one|notice artifacts\/one\/one\.txt was changed by hand/);
      assert.equal(project.read('artifacts/one/one.txt'), round);
    }
    const kept = project.files('.flow/edited');
    assert.equal(kept.length, 2);
    for (const path of kept) assert.equal(project.read(`.flow/edited/${path}`), 'mine artifacts/one/one.txt');
  }));

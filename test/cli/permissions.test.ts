import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type BinProject, createBinProject } from './bin-project.ts';

// Root may do everything, so that flow runs as nobody here; whoever else runs the tests is nobody enough.

const bin = fileURLToPath(new URL('../../engine/cli/flow.mjs', import.meta.url));
const isRoot = process.getuid?.() === 0;
const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};
const asNobody = (root: string, ...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], {
    ...nobody,
    cwd: root,
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
};

const files = {
  'pipeline.yaml': `
stages:
  a: { run: 'cat \${in.d} > \${out}', in: { d: data/x }, out: o }
  b: { run: 'cat \${in.a} \${in.a} > \${out}', in: { a: a }, out: o }
  each: { run: 'cp \${i.path} \${out}', each: { i: data }, out: '\${i.id}' }
`,
  'data/x': '1\n',
};

interface Restricted extends BinProject {
  /** As nobody; a number is the exit code that is wanted. */
  readonly ask: (line: string, status: number) => string;
}

/** Asked once: a start costs more than most of what is tested here. */
let mayRun: boolean | undefined;

function isRunByNobody({ root, flow }: BinProject): boolean {
  // Whoever tests bundles the sources, where nobody may not.
  flow('--version');
  return asNobody(root, '--version').status === 0;
}

/** Finished once by nobody, to whom everything belongs. */
async function restricted(context: TestContext, body: (project: Restricted) => void): Promise<void> {
  const project = createBinProject(files);
  try {
    for (const path of ['.', ...readdirSync(project.root, { recursive: true, encoding: 'utf8' })]) {
      if (isRoot) chownSync(join(project.root, path), 65_534, 65_534);
    }
    // A checkout below a home folder is closed to others, and nobody then has no `flow` to run: there is nothing to test.
    mayRun ??= isRunByNobody(project);
    if (!mayRun) return context.skip('nobody may not read these sources');
    const ask: Restricted['ask'] = (line, status) => {
      const answer = asNobody(project.root, ...line.split(' '));
      assert.equal(answer.status, status, `${line}: ${answer.text}`);
      assert.doesNotMatch(answer.text, /bug in flow|Sqlite|SQLITE|\n +at /, line);
      return answer.text;
    };
    ask('run', 0);
    body({ ...project, ask });
  } finally {
    protect(project.root, 0o700);
    project.remove();
  }
}

/** The folder and all folders below it, outermost last, so that they can be reached meanwhile. */
function protect(folder: string, mode: number): void {
  chmodSync(folder, mode | 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) protect(join(folder, entry.name), mode);
  }
  chmodSync(folder, mode);
}

test('artifacts/ that may not be written is named, and what was made is kept for when it may', (context) =>
  restricted(context, ({ root, write, ask }) => {
    write('data/x', '2\n');
    protect(join(root, 'artifacts'), 0o555);
    assert.match(ask('run', 1), /a: failed.*no permission for .*artifacts\/a\/o; give yourself access/);
    protect(join(root, 'artifacts'), 0o755);
    assert.match(ask('run', 0), /1 task ran, 2 brought back from earlier runs/);
    assert.match(ask('run', 0), /nothing to do/);
  }));

test('a store that may only be read answers all that it can', (context) =>
  restricted(context, ({ root, write, ask }) => {
    const store = join(root, '.flow');
    protect(store, 0o555);
    assert.match(ask('run', 0), /up to date: 3 tasks, nothing to do/);
    assert.match(ask('plan', 0), /nothing to do/);
    assert.match(ask('status', 0), /✓ b/);
    assert.match(ask('why a', 0), /a is up to date/);
    assert.match(ask('lineage b', 0), /made by b[\s\S]*data\/x/);
    assert.match(ask('log', 0), /each/);
    assert.match(ask('cat b', 0), /1\n1\n/);
    assert.match(ask('receipt b', 0), /flow receipt/);
    for (const line of ['gc', 'verify', 'audit', 'clean', 'accept a --because x', 'get b -o got', 'run --force a'])
      assert.match(ask(line, 1), /\.flow.*give yourself access/, line);
    assert.equal(ask('cat b', 0), '1\n1\n', 'nothing was removed');
    write('data/x', '3\n');
    assert.match(ask('plan', 0), /run +a .*d changed/);
    assert.match(ask('run', 1), /\.flow.*give yourself access[\s\S]*not done/);
    protect(store, 0o755);
    assert.match(ask('run', 0), /3 tasks ran/);
    assert.equal(ask('cat b', 0), '3\n3\n');
  }));

// What is made or kept there cannot be; caches and journals can be done without.
for (const [folder, status] of [
  ['objects', 1],
  ['records', 1],
  ['attempts', 1],
  ['runs', 1],
  ['claims', 1],
  ['logs', 1],
  ['cache', 0],
  ['journals', 0],
] as const) {
  test(`.flow/${folder} that may not be written ${status === 1 ? 'is named' : 'does no harm'}`, (context) =>
    restricted(context, ({ root, write, read, ask }) => {
      const path = join(root, '.flow', folder);
      mkdirSync(path, { recursive: true });
      write('data/x', '4\n');
      protect(path, 0o555);
      if (isRoot) chownSync(path, 65_534, 65_534);
      const text = ask('run', status);
      if (status === 1) assert.match(text, new RegExp(`\\.flow/${folder}.*give yourself access`));
      protect(path, 0o755);
      assert.match(ask('run', 0), status === 1 ? /3 tasks ran/ : /nothing to do/);
      assert.equal(read('artifacts/b/o'), '4\n4\n');
    }));
}

test('a store that may not even be read, and a project without one that may not be written, are named', (context) =>
  restricted(context, ({ root, ask }) => {
    chmodSync(join(root, '.flow'), 0);
    for (const line of ['run', 'plan', 'status'])
      assert.match(ask(line, 1), /no permission for .*\.flow; give yourself/);
    chmodSync(join(root, '.flow'), 0o755);
    rmSync(join(root, '.flow'), { recursive: true });
    rmSync(join(root, 'artifacts'), { recursive: true });
    chmodSync(root, 0o555);
    assert.match(ask('plan', 0), /first run/);
    assert.match(ask('run', 1), /no permission for .*\.flow/);
    chmodSync(root, 0o755);
    assert.match(ask('run', 0), /3 tasks ran/);
  }));

test("an index that is another user's is made again from the records", (context) =>
  restricted(context, ({ root, write, ask }) => {
    // As root leaves it behind, whose program ran here once.
    for (const end of ['', '-wal', '-shm']) {
      const path = join(root, `.flow/index.sqlite${end}`);
      rmSync(path, { force: true });
      if (end === '') writeFileSync(path, 'not even one', { mode: 0o444 });
    }
    write('data/x', '5\n');
    assert.match(ask('run', 0), /3 tasks ran/);
    assert.match(ask('log', 0), /each/);
  }));

test('what a task closes even to its own user is taken nevertheless, and never keeps a later run from its work', (context) =>
  restricted(context, ({ root, write, read, ask }) => {
    write(
      'pipeline.yaml',
      `
stages:
  file: { run: 'echo 1 > \${out}; chmod 000 \${out}', out: x }
  folder: { run: 'mkdir -p \${out}/in; echo 2 > \${out}/in/y; chmod 000 \${out}/in/y \${out}/in; chmod 555 \${out}', out: tree/ }
  failing: { run: 'mkdir -p \${out}/in; echo 3 > \${out}/in/y; chmod 555 \${out}/in; exit 3', out: tree/ }
`,
    );
    assert.match(ask('run', 1), /failing: failed.*exit code 3/);
    assert.equal(read('artifacts/file/x'), '1\n');
    assert.equal(read('artifacts/folder/tree/in/y'), '2\n');
    // As a run that was killed leaves it.
    const left = join(root, '.flow/attempts/20200101-000000-dead/1-failing/in');
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, 'y'), '');
    for (const path of ['', '1-failing', '1-failing/in', '1-failing/in/y'])
      if (isRoot) chownSync(join(root, '.flow/attempts/20200101-000000-dead', path), 65_534, 65_534);
    chmodSync(left, 0o555);
    assert.match(ask('run file folder', 0), /nothing to do/);
    assert.deepEqual(readdirSync(join(root, '.flow/attempts')), []);
  }));

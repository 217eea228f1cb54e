import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '../../engine/model/event.ts';

// The bin itself, on small pipelines of commands in folders of their own.
const bin = fileURLToPath(new URL('../../engine/cli/flow.mjs', import.meta.url));
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const upper = `
vars: { suffix: '' }
stages:
  upper:
    run: tr a-z A-Z < \${in.text} > \${out} && printf %s \${with.suffix} >> \${out}
    in: { text: text.txt }
    with: { suffix: $suffix }
    out: upper.txt
  copy:
    run: [cp, "\${in.text}", "\${out}"]
    in: { text: upper }
    out: copy.txt
`;

function createProject(pipeline: string) {
  const root = mkdtempSync(join(tmpdir(), 'flow-cli-'));
  folders.push(root);
  mkdirSync(join(root, 'deep/deeper'), { recursive: true });
  writeFileSync(join(root, 'pipeline.yaml'), pipeline);
  writeFileSync(join(root, 'text.txt'), 'hello');
  const flowIn = (cwd: string, ...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  return { root, flowIn, flow: (...words: string[]) => flowIn(root, ...words) };
}

/** Durations differ from run to run. */
function untimed(text: string): string[] {
  return text
    .trimEnd()
    .replaceAll(/\d+(\.\d)? s\b/g, '_')
    .split('\n');
}

test('a run makes the artifacts, and another one has nothing to do', () => {
  const { root, flow, flowIn } = createProject(upper);
  const first = flow('run');
  assert.deepEqual([first.status, first.stderr], [0, '']);
  assert.deepEqual(untimed(first.stdout), [
    'upper: started (first run)',
    'upper: done in _: first run',
    'copy: started (first run)',
    'copy: done in _: first run',
    'The pipeline is done: 2 tasks ran; _',
  ]);
  assert.equal(readFileSync(join(root, 'artifacts/copy/copy.txt'), 'utf8'), 'HELLO');

  const nothing = ['copy is up to date: 2 tasks, nothing to do (_)'];
  assert.deepEqual(untimed(flow('run', 'copy').stdout), nothing);
  assert.deepEqual(untimed(flowIn(join(root, 'deep/deeper'), 'run', 'copy').stdout), nothing);
  assert.deepEqual(untimed(flowIn('/', '-C', join(root, 'deep'), 'run', 'copy').stdout), nothing);
  assert.deepEqual(untimed(flowIn('/', 'run', '--file', join(root, 'pipeline.yaml'), 'copy').stdout), nothing);
});

test('a setting runs what it reaches, and taking it back brings the former result back', () => {
  const { root, flow } = createProject(upper);
  flow('run');
  const changed = flow('run', '--set', 'suffix=end');
  assert.match(changed.stdout, /^upper: started \(suffix "" → end\)\n/);
  assert.doesNotMatch(changed.stdout, /same result/);
  assert.equal(readFileSync(join(root, 'artifacts/copy/copy.txt'), 'utf8'), 'HELLOend');
  assert.match(flow('run').stdout, /up to date: 2 tasks, 2 brought back from earlier runs/);
  assert.equal(readFileSync(join(root, 'artifacts/copy/copy.txt'), 'utf8'), 'HELLO');
});

test('a task that runs again with the same result says so, and nothing below it runs', () => {
  const { root, flow } = createProject(upper);
  flow('run');
  writeFileSync(join(root, 'text.txt'), 'HELLO');
  assert.deepEqual(untimed(flow('run', 'copy').stdout).slice(0, 2), [
    'upper: started (text changed)',
    'upper: done in _: text changed, same result',
  ]);
  assert.match(
    flow('run', '--force', 'upper').stdout,
    /^upper: started \(forced\)\n.*forced, same result\nThe.*1 task ran, 1 reused/,
  );
});

test('a failed task shows its log and where it lies, what depends on it is not run, and the rest is', () => {
  const pipeline = `
stages:
  fails: { run: "echo first; echo last >&2; exit 7", out: x.txt }
  below: { run: [cp, "\${in.x}", "\${out}"], in: { x: fails }, out: y.txt }
  apart: { run: "echo fine > \${out}", out: z.txt }
`;
  const { root, flow, flowIn } = createProject(pipeline);
  const { status, stdout } = flow('run');
  assert.equal(status, 1);
  assert.match(stdout, /^fails: failed after [\d.]+ s: the command ended with exit code 7$/m);
  assert.match(stdout, /^ {4}│ first\n {4}│ last$/m);
  assert.match(
    stdout,
    /^The pipeline is not done: fails failed; .*\nnot run because of that: below\n1 task ran; what is finished is kept$/m,
  );
  const [, log = ''] = /the whole log: (.*)/.exec(stdout) ?? [];
  assert.match(readFileSync(join(root, log), 'utf8'), /first\nlast/);
  assert.ok(existsSync(join(root, 'artifacts/apart/z.txt')));

  const [, fromBelow = ''] = /the whole log: (.*)/.exec(flowIn(join(root, 'deep'), 'run').stdout) ?? [];
  assert.ok(existsSync(join(root, 'deep', fromBelow)), 'the log is named from the working folder');
});

test('a wrong pipeline or command line is shown with its place and ends with 2', () => {
  const { root, flow, flowIn } = createProject(upper.replace('text: upper', 'text: uper'));
  const wrong = flowIn(join(root, 'deep'), 'run');
  assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
  assert.match(
    wrong.stderr,
    /^\.\.\/pipeline\.yaml:11:17: error: .*'uper'.*\n {2}11 │ {5}in: \{ text: uper \}\n {5}│ {17}\^{4}\n {2}did you mean 'upper'/,
  );
  assert.match(flow('plan', '--json').stdout, /^\{"kind":"diagnostics","diagnostics":\[\{/);
  assert.equal(flow('rn').status, 2);
  assert.equal(flowIn(tmpdir(), 'run').status, 2);
  assert.equal(existsSync(join(root, 'artifacts')), false);
  assert.equal(createProject(upper).flow('run', 'cpy').status, 2);
});

test('with --json a run writes an event a line, the other commands one document', () => {
  const { flow } = createProject(upper);
  const events = flow('run', '--json')
    .stdout.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  assert.equal(events[0]?.kind, 'run-started');
  assert.deepEqual(events.filter(({ kind }) => kind === 'finished').length, 2);
  const last = events.at(-1);
  assert.ok(last?.kind === 'run-finished' && last.summary.outcome === 'done' && last.summary.ran === 2);

  const json = (...words: string[]) => JSON.parse(flow(...words, '--json').stdout);
  assert.deepEqual(
    json('plan').tasks.map((planned: { decision: { kind: string } }) => planned.decision.kind),
    ['reuse', 'reuse'],
  );
  assert.equal(json('why', 'upper')[0].decision.kind, 'reuse');
  assert.equal(json('lineage', 'copy').inputs.length, 1);
  assert.equal(json('status').tasks.length, 2);
  assert.ok(json('doctor').length > 0);
  assert.ok(json('clean').files > 0);
});

test('plan, why, lineage, status, clean and doctor speak of the run', () => {
  const { root, flow, flowIn } = createProject(upper);
  assert.match(flow('plan').stdout, /^run +upper .*first run\nwait +copy .*for upper\n1 task to run, 1 waiting/);
  flow('run');
  assert.match(flow('plan').stdout, /^up to date: 2 tasks, nothing to do$/m);
  assert.match(flow('plan', '--set', 'suffix=end').stdout, /^run +upper +~[\d.]+ s {2}suffix "" → end\nwait +copy/);
  assert.match(
    flow('why', 'upper', '--set', 'suffix=end').stdout,
    /^upper would run\n {2}~ with\.suffix "" → end\n {2}settings then: none; now: --set suffix=end\n {2}last run just now/,
  );
  assert.match(
    flowIn(join(root, 'artifacts/copy'), 'lineage', './copy.txt').stdout,
    /^.*copy\.txt.*\n[\s\S]*upper\.txt[\s\S]*text\.txt .*source\n$/,
  );
  assert.match(flow('status').stdout, /^✓ upper .*\n✓ copy /);
  assert.match(flow('clean').stdout, /^removed artifacts\/ \(\d+ files, \d+ B\)/);
  assert.equal(existsSync(join(root, 'artifacts/copy/copy.txt')), false);
  assert.match(flow('run').stdout, /2 brought back/);
  assert.equal(flow('doctor').status, 0);
});

test('Ctrl-C stops the running task with its children, keeps what is finished and ends with 130', async () => {
  const pipeline = `
stages:
  quick: { run: "echo fine > \${out}", out: q.txt }
  slow: { run: "sleep 60 & wait; cp \${in.q} \${out}", in: { q: quick }, out: s.txt }
`;
  const { root, flow } = createProject(pipeline);
  const child = spawn(process.execPath, [bin, 'run'], { cwd: root });
  let text = '';
  let interrupted = false;
  child.stdout.on('data', (chunk) => {
    text += chunk;
    if (!interrupted && text.includes('slow: started')) {
      interrupted = true;
      child.kill('SIGINT');
    }
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(status, 130, text);
  assert.match(text, /^Stopping: running tasks are being ended/m);
  assert.match(text, /^interrupted: 1 task ran; what is finished is kept/m);
  assert.match(flow('plan').stdout, /^1 task to run, 1 up to date$/m);
});

test('a reader that wants no more ends a run quietly', async () => {
  const { root } = createProject(upper);
  const line = `"${process.execPath}" "${bin}" run | head -n 1; exit "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', line], { cwd: root, encoding: 'utf8' });
  assert.equal(stdout, 'upper: started (first run)\n');
  assert.equal(stderr, '');
});

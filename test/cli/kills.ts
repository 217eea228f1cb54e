/** Runs of the bin that are killed, and what has to be true afterwards. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../engine/cli/flow.mjs', import.meta.url));

export interface BinProject {
  readonly root: string;
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  /** To the end. */
  readonly flow: (...words: string[]) => { readonly status: number | null; readonly text: string };
  /** Beside this process; `ended` gives the exit code, or null after a signal. */
  readonly start: (...words: string[]) => StartedRun;
  /** Every file below artifacts/ with its contents, in order. */
  readonly artifacts: () => readonly (readonly [string, string])[];
  readonly remove: () => void;
}

export interface StartedRun {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

export function createBinProject(files: Readonly<Record<string, string>>, parent = tmpdir()): BinProject {
  const root = mkdtempSync(join(parent, 'flow-kill-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    root,
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    flow: (...words) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd: root, encoding: 'utf8' });
      return { status, text: stdout + stderr };
    },
    start: (...words) => {
      const child = spawn(process.execPath, [bin, ...words], { cwd: root });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          text += chunk;
        });
      }
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      return { kill: (signal) => void child.kill(signal), text: () => text, ended };
    },
    artifacts: () => {
      const folder = join(root, 'artifacts');
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
      const isFile = (name: string) => !statSync(join(folder, name)).isDirectory();
      return names.filter(isFile).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Thirty tasks: ten chains of three, each of which says in done.log that it ended. */
export function manyTasks(): string {
  const chains = Array.from({ length: 10 }, (_, n) => {
    const line = (name: string, input: string, word: string) =>
      `  ${name}: { run: 'cat \${in.x} > \${out}; echo ${word}${n} >> \${out}; echo ${name} >> done.log', in: { x: ${input} }, out: x.txt }\n`;
    return line(`a${n}`, 'text.txt', 'a') + line(`b${n}`, `a${n}`, 'b') + line(`c${n}`, `b${n}`, 'c');
  });
  return `stages:\n${chains.join('')}`;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Kills cold runs at moments spread over a whole run's time. Each time the next run needs no hand, ends with a clean
 * run's artifacts and does nothing again that was recorded before.
 */
export async function killAndGoOn(times: number): Promise<void> {
  const files = { 'pipeline.yaml': manyTasks(), 'text.txt': 'hello\n' };
  const clean = createBinProject(files);
  const started = performance.now();
  assert.equal(clean.flow('run').status, 0);
  const whole = performance.now() - started;
  const wanted = clean.artifacts();
  clean.remove();
  assert.equal(wanted.length, 30);
  let midway = 0;
  for (let time = 0; time < times; time += 1) {
    const project = createBinProject(files);
    const run = project.start('run');
    await pause(((time + Math.random()) / times) * whole);
    run.kill('SIGKILL');
    await run.ended;
    const finished = [...run.text().matchAll(/^(\w+): done in/gm)].map(([, name]) => name);
    if (finished.length > 0 && finished.length < 30) midway += 1;
    const again = project.start('run', '--json');
    assert.equal(await again.ended, 0, again.text());
    assert.deepEqual(project.artifacts(), wanted);
    const ran = [...again.text().matchAll(/"kind":"started","task":"(\w+)"/g)].map(([, name]) => name);
    assert.deepEqual(
      ran.filter((name) => finished.includes(name)),
      [],
      'what was said to be done is done again',
    );
    assert.match(project.flow('run').text, /nothing to do/);
    project.remove();
  }
  assert.ok(midway > 0, `no kill fell into the middle of a run of ${whole} ms`);
}

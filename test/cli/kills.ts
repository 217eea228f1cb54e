/** Cold runs that are killed at a random moment, and what has to be true afterwards. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSegment } from '../../engine/store/segment.ts';
import { type BinProject, createBinProject, pause, until } from './bin-project.ts';

const module = `import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { file, stage } from 'flow/stage';
import { z } from 'zod';
export default stage({
  params: z.object({ word: z.string() }),
  inputs: { x: file },
  outputs: { out: file, copy: file },
  run: ({ inputs, outputs, params, random }) => {
    const text = readFileSync(inputs.x, 'utf8') + params.word + random();
    writeFileSync(outputs.out, text);
    writeFileSync(outputs.copy, text.repeat(100));
  },
});
`;
const itemModule = `import { copyFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
export default itemStage({
  params: z.object({}),
  inputs: {},
  outputs: { out: file },
  run: ({ items }) => {
    for (const item of items) copyFileSync(item.path, item.outputs.out);
  },
});
`;

/** A hundred tasks of every kind: commands, folders with empty ones in them, modules, items behind items, a matrix, a join. */
export function hundredTasks(): Record<string, string> {
  const lines: string[] = [];
  const say = (name: string) => `echo ${name} >> done.log`;
  for (let n = 0; n < 20; n += 1) {
    const chain = (name: string, input: string) =>
      `  ${name}${n}: { run: 'cat \${in.x} > \${out}; echo ${name}${n} >> \${out}; ${say(`${name}${n}`)}', in: { x: ${input} }, out: x.txt }`;
    lines.push(chain('a', 'text.txt'), chain('b', `a${n}`), chain('c', `b${n}`));
    lines.push(
      `  d${n}: { run: 'mkdir -p \${out}/deep/empty; cp \${in.x} \${out}/deep/x; cp \${in.x} \${out}/y; ${say(`d${n}`)}', in: { x: c${n} }, out: tree/ }`,
    );
  }
  lines.push(
    `  m: { use: write.ts, matrix: { n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }, in: { x: a1 }, with: { word: "w\${n}" }, out: { out: o.txt, copy: c.txt } }`,
  );
  lines.push(
    `  e: { run: 'cp \${p.path} \${out}; ${say('e-${p.stem}')}', each: { p: src }, out: "\${p.dir}/\${p.stem}.e" }`,
  );
  lines.push(`  f: { use: copy.ts, each: { p: e }, batch: 5, out: "\${p.dir}/\${p.stem}.f" }`);
  lines.push(
    `  g: { run: 'cat \${p.path} \${in.x} > \${out}; ${say('g-${p.stem}')}', each: { p: f }, in: { x: a2 }, out: "\${p.stem}.g" }`,
  );
  for (let n = 0; n < 6; n += 1)
    lines.push(
      `  h${n}: { run: 'cat \${in.x}/* \${in.y}/y > \${out}; ${say(`h${n}`)}', in: { x: g, y: d${n} }, out: x.txt }`,
    );
  lines.push(
    `  z: { run: 'cat \${in.all} > \${out}; ${say('z')}', in: { all: [h0, h1, h2, h3, h4, h5, c19] }, out: x.txt }`,
  );
  const files: Record<string, string> = {
    'pipeline.yaml': `stages:\n${lines.join('\n')}\n`,
    'text.txt': 'hello\n',
    'write.ts': module,
    'copy.ts': itemModule,
  };
  for (let n = 0; n < 24; n += 1) files[`src/${n % 3}/i${n}`] = n % 4 === 0 ? 'the same' : `item ${n}`;
  return files;
}

const tasks = 100;

/** What the store knows for sure: the lines that are whole. */
function recorded({ root }: BinProject): { readonly tasks: readonly string[]; readonly items: readonly string[] } {
  const folder = join(root, '.flow/records');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const entries = names.flatMap((name) => readSegment(join(folder, name), 0).entries);
  return {
    tasks: entries.flatMap((entry) => (entry.kind === 'task' ? [entry.record.task] : [])),
    items: entries.flatMap((entry) => (entry.kind === 'item' ? [entry.record.key] : [])),
  };
}

/** Nothing of a run is left behind: no claim, no lock, no half-written file, no process. */
async function assertSwept({ root, processes }: BinProject): Promise<void> {
  for (const folder of ['attempts', 'claims', 'runs']) {
    assert.deepEqual(
      existsSync(join(root, '.flow', folder)) ? readdirSync(join(root, '.flow', folder)) : [],
      [],
      folder,
    );
  }
  await until(() => processes().length === 0);
}

/** Of the long test. */
export const kills = 200;

type Way = 'engine' | 'group' | 'first moments' | 'twice';
const ways: readonly Way[] = ['engine', 'group', 'first moments', 'twice'];

/**
 * Kills cold runs at moments spread over a whole run's time: the engine, its whole group, its very first moments, and
 * the next run as well while it recovers. Each time a further run needs no hand, ends with a clean run's artifacts and
 * makes nothing again that was recorded before. `share` are the moments to try of all of them.
 */
export async function killAndGoOn(times: number, share = { start: 0, end: times }): Promise<void> {
  const files = hundredTasks();
  let wanted: ReturnType<BinProject['artifacts']> = [];
  let whole = 0;
  // The second time, since the first one of all bundles the engine.
  for (const _ of [1, 2]) {
    const clean = createBinProject(files);
    const started = performance.now();
    const { status, text } = clean.flow('run');
    assert.equal(status, 0, text);
    whole = performance.now() - started;
    wanted = clean.artifacts();
    assert.equal(recorded(clean).tasks.length, tasks);
    clean.remove();
  }
  let midway = 0;
  for (let time = share.start; time < share.end; time += 1) {
    const way = ways[time % ways.length] as Way;
    const moment = ((time + Math.random()) / times) * (way === 'first moments' ? 0.3 : 1) * whole;
    const told = `killed ${way} after ${Math.round(moment)} ms of ${Math.round(whole)}`;
    const project = createBinProject(files);
    try {
      await killOnce(project, way, moment);
      if (way === 'twice') await killOnce(project, 'engine', Math.random() * whole);
      const before = recorded(project);
      if (before.tasks.length > 0 && before.tasks.length < tasks) midway += 1;
      const again = project.start('run', '--json');
      assert.equal(await again.ended, 0, again.text());
      assert.deepEqual(project.artifacts(), wanted, told);
      const after = recorded(project);
      assert.equal(new Set(after.tasks).size, after.tasks.length, `${told}: what was recorded is made again`);
      assert.equal(after.tasks.length, tasks);
      assert.equal(new Set(after.items).size, after.items.length, `${told}: an item that was recorded is made again`);
      const third = project.flow('run');
      assert.match(third.text, /nothing to do/, told);
      assert.equal(third.status, 0);
      await assertSwept(project);
    } catch (error) {
      // The folder is left for whoever looks after it.
      throw Object.assign(error as Error, { message: `${(error as Error).message}\n${told} in ${project.root}` });
    }
    project.remove();
  }
  assert.ok(midway > 0, `no kill fell into the middle of a run of ${whole} ms`);
}

async function killOnce(project: BinProject, way: Way, moment: number): Promise<void> {
  const run = project.start('run');
  await pause(moment);
  if (way === 'group') run.killGroup('SIGKILL');
  else run.kill('SIGKILL');
  await run.ended;
}

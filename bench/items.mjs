// Many files through one `each` stage that copies: cold, with nothing to do, and with one file more.
//
//     node bench/items.mjs [--items 20000] [--bytes 20480] [--runs 5]
//
// Writes the files, a module that copies one, and a pipeline of the one stage. Times are those of the bin file, on the
// wall and of the processor (user and system, with all children), the memory that of its largest process; the bare start
// of node and one `cp -r` of the same files are measured beside them, so that a busy machine shows.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '20000' },
    bytes: { type: 'string', default: '20480' },
    runs: { type: 'string', default: '5' },
  },
});
const [items, bytes, runs] = [Number(values.items), Number(values.bytes), Number(values.runs)];
const project = fileURLToPath(new URL('..', import.meta.url));
const bin = join(project, 'engine/cli/flow.mjs');

const folder = mkdtempSync(join(tmpdir(), 'flow-items-'));
const gnuTime = '/usr/bin/time';
const figures = join(folder, 'figures');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writeProject();
console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${items} files of ${bytes} bytes`);
console.log(`load ${loadavg()[0].toFixed(1)}${' '.repeat(16)}        wall   processor      memory`);

// The command's own bundle is made before anything is timed.
time(process.execPath, [bin, '--version']);
say('cp -r', [time('cp', ['-r', 'in', 'copied'])]);
say('cold', [time(process.execPath, [bin, 'run'], /1 task ran/)]);
// Once to let caches settle: files younger than the clock's tick are hashed a second time.
time(process.execPath, [bin, 'run'], /nothing to do/);
const noop = [];
const plan = [];
const bare = [];
const more = [];
for (let run = 0; run < runs; run++) {
  bare.push(time(process.execPath, ['-e', '0']));
  noop.push(time(process.execPath, [bin, 'run'], /nothing to do/));
  plan.push(time(process.execPath, [bin, 'plan'], /nothing to do/));
}
for (let run = 0; run < runs; run++) {
  writeFileSync(join(folder, `in/00/more${run}.bin`), randomBytes(bytes));
  more.push(time(process.execPath, [bin, 'run'], /1 task ran/));
}
say('node -e 0, median', bare);
say('nothing to do, median', noop);
say('its plan, median', plan);
say('one more, median', more);

function writeProject() {
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  for (let index = 0; index < items; index++) {
    const name = String(index).padStart(7, '0');
    const place = join(folder, 'in', name.slice(-2));
    if (index < 100) mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${name}.bin`), randomBytes(bytes));
  }
  writeFileSync(
    join(folder, 'copy.ts'),
    `import { copyFile } from 'node:fs/promises';
import { z } from 'zod';
import { file, itemStage } from ${JSON.stringify(join(project, 'engine/stage.ts'))};
export default itemStage({
  params: z.strictObject({}),
  inputs: {},
  outputs: { out: file },
  async run({ items }) {
    for (const { path, outputs } of items) await copyFile(path, outputs.out);
  },
});
`,
  );
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    'stages:\n  copy:\n    use: copy.ts\n    each: { item: in }\n    out: "${item.dir}/${item.stem}.bin"\n',
  );
}

/** A process has to end well and to say what is expected; what it cost, with its children. */
function time(program, args, expected) {
  const start = performance.now();
  const measured = existsSync(gnuTime)
    ? [gnuTime, ['-f', '%U %S %M', '-o', figures, program, ...args]]
    : [program, args];
  const { status, stdout, stderr } = spawnSync(...measured, { cwd: folder, encoding: 'utf8' });
  const milliseconds = performance.now() - start;
  if (status !== 0 || (expected && !expected.test(stdout))) {
    throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
  }
  const [user, system, kilobytes] = existsSync(figures) ? readFileSync(figures, 'utf8').split(' ').map(Number) : [];
  return { milliseconds, processor: (user + system) * 1000, megabytes: kilobytes / 1024 };
}

function say(what, costs) {
  const median = (name) => {
    const values = costs.map((cost) => cost[name]).sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)];
  };
  const column = (name, unit) => `${(median(name) || 0).toFixed(0)} ${unit}`.padStart(12);
  console.log(what.padEnd(24) + column('milliseconds', 'ms') + column('processor', 'ms') + column('megabytes', 'MB'));
}

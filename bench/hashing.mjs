// First hashing of a large folder, and the look at it when every file was touched and none has changed.
//
//     node bench/hashing.mjs [--gigabytes 4] [--files photos|large|small] [--runs 3]
//
// Photos have 2 to 8 MB, large files 1 GB, small ones 20 KB. Each figure is a share of what the cores do with a buffer in
// memory, two threads at once and in the same run: SHA-256 of node:crypto, and xxh64 of xxhash-wasm. Figures are those of
// the bin file with its start-up; the files lie in the page cache, since they have just been written.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

const { values } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '4' },
    files: { type: 'string', default: 'photos' },
    runs: { type: 'string', default: '3' },
  },
});
const total = Number(values.gigabytes) * 1e9;
const sizes = { photos: (index) => 2e6 + ((index * 7919) % 6001) * 1e3, large: () => 1e9, small: () => 20_480 };
const sizeOf = sizes[values.files];
if (sizeOf === undefined) throw new Error(`--files is one of ${Object.keys(sizes).join(', ')}`);
const bin = fileURLToPath(new URL('../engine/cli/flow.mjs', import.meta.url));
const threads = availableParallelism();

const folder = mkdtempSync(join(tmpdir(), 'flow-hashing-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const count = writeFiles();
writeFileSync(
  join(folder, 'pipeline.yaml'),
  'stages:\n  look:\n    run: touch ${out}\n    in: { from: in }\n    out: seen\n',
);
console.log(
  `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${count} ${values.files} of ${total / 1e9} GB`,
);

// The command's own bundle is made before anything is timed.
flow(['--version']);
const first = [];
const touched = [];
for (let run = 0; run < Number(values.runs); run++) {
  rmSync(join(folder, '.flow'), { recursive: true, force: true });
  first.push(await share('sha256', () => flow(['run'], /1 task ran/)));
  const now = new Date();
  for (const name of readdirSync(join(folder, 'in'))) utimesSync(join(folder, 'in', name), now, now);
  touched.push(await share('xxh64', () => flow(['run'], /nothing to do/)));
}
say('first hashing', first);
say('touched', touched);

function writeFiles() {
  mkdirSync(join(folder, 'in'));
  const pool = randomBytes(16e6);
  let count = 0;
  for (let left = total; left > 0; count++) {
    const size = Math.min(left, sizeOf(count));
    const file = openSync(join(folder, 'in', `${String(count).padStart(7, '0')}.bin`), 'w');
    // Its number makes each file another one.
    writeSync(file, `${count}\n`);
    for (let at = 0; at < size; at += pool.length) writeSync(file, pool, 0, Math.min(pool.length, size - at));
    closeSync(file);
    left -= size;
  }
  return count;
}

/** Gigabytes a second of the command, and of the cores just before and just after it. */
async function share(kind, work) {
  const before = await limit(kind);
  const start = performance.now();
  work();
  const rate = total / (performance.now() - start) / 1e6;
  return { rate, limit: (before + (await limit(kind))) / 2 };
}

/** Gigabytes a second of all cores together. */
async function limit(kind) {
  const rates = Array.from({ length: threads }, () => inThread(kind));
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

function inThread(kind) {
  const code = `
    const { parentPort } = require('node:worker_threads');
    const { createHash, randomBytes } = require('node:crypto');
    const bytes = randomBytes(64e6);
    import(${JSON.stringify(import.meta.resolve('xxhash-wasm'))}).then(async ({ default: load }) => {
      const { create64 } = await load();
      const hash = ${kind === 'sha256'} ? createHash('sha256') : create64(0n);
      const start = performance.now();
      let done = 0;
      while (performance.now() - start < 1000) {
        for (let at = 0; at < bytes.length; at += 65536) hash.update(bytes.subarray(at, at + 65536));
        done += bytes.length;
      }
      parentPort.postMessage(done / (performance.now() - start) / 1e6);
    });`;
  return new Promise((resolve, reject) =>
    new Worker(code, { eval: true }).once('message', resolve).once('error', reject),
  );
}

/** The command has to end well and to say what is expected. */
function flow(args, expected) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0 || (expected && !expected.test(stdout)))
    throw new Error(`flow ${args} ended with ${status}:\n${stdout}${stderr}`);
}

function say(what, shares) {
  const median = [...shares].sort((a, b) => a.rate / a.limit - b.rate / b.limit)[Math.floor(shares.length / 2)];
  const { rate, limit: most } = median;
  console.log(`${what.padEnd(16)}${rate.toFixed(2)} GB/s of ${most.toFixed(2)}: ${((100 * rate) / most).toFixed(0)} %`);
}

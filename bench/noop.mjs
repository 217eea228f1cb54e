// The no-op of many independent stages, beside the bare start of node in the same run.
//
//     node bench/noop.mjs [--stages 1000] [--runs 21]
//
// Writes N files and a pipeline of N `cp` stages, one by one as a person would, runs it, and then measures the commands
// that find nothing to do: the bin file itself, since npx alone costs 0.3 s. They take turns, so that a busy
// machine slows both; medians and their ratio are printed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { stages: { type: 'string', default: '1000' }, runs: { type: 'string', default: '21' } },
});
const [stages, runs] = [Number(values.stages), Number(values.runs)];
const bin = fileURLToPath(new URL('../engine/cli/flow.mjs', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'flow-noop-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writePipeline();
console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${stages} cp stages, ${runs} runs each`);

// Digits of long numbers stand in groups.
const grouped = String(stages).replace(/\B(?=(\d{3})+$)/g, '\\s?');
const cold = time([bin, 'run'], new RegExp(`: ${grouped} tasks? ran`));
console.log(`cold run                ${cold.toFixed(0).padStart(8)} ms`);
// Once to let caches settle: files younger than the clock's tick are hashed a second time.
time([bin, 'run'], /nothing to do/);

const bare = [];
const noop = [];
const plan = [];
for (let run = 0; run < runs; run++) {
  bare.push(time(['-e', '0']));
  noop.push(time([bin, 'run'], /nothing to do/));
  plan.push(time([bin, 'plan'], /nothing to do/));
}
const [bareMedian, noopMedian] = [median(bare), median(noop)];
console.log(`node -e 0, median       ${bareMedian.toFixed(1).padStart(8)} ms`);
console.log(`flow run, median        ${noopMedian.toFixed(1).padStart(8)} ms`);
console.log(`flow plan, median       ${median(plan).toFixed(1).padStart(8)} ms`);
console.log(`ratio                   ${(noopMedian / bareMedian).toFixed(2).padStart(8)}`);

function writePipeline() {
  mkdirSync(join(folder, 'in'));
  const lines = ['stages:'];
  for (let index = 0; index < stages; index++) {
    const name = String(index).padStart(String(stages - 1).length, '0');
    writeFileSync(join(folder, `in/${name}.txt`), `${index}\n`);
    lines.push(`  copy${name}:`, '    run: [cp, "${in.source}", "${out}"]');
    lines.push(`    in: { source: in/${name}.txt }`, '    out: copy.txt');
  }
  writeFileSync(join(folder, 'pipeline.yaml'), `${lines.join('\n')}\n`);
}

/** Milliseconds of a node process; it has to end well and to say what is expected. */
function time(args, expected) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const milliseconds = performance.now() - start;
  if (status !== 0 || (expected && !expected.test(stdout))) {
    throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
  }
  return milliseconds;
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

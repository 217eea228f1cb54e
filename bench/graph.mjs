// Planning of large graphs: a chain of stages, and one stage with a large matrix that another one reads whole.
//
//     node bench/graph.mjs [--tasks 10000] [--runs 5]
//
// `flow plan` of work that was never made: the first time, when the YAML is parsed, and again.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '10000' }, runs: { type: 'string', default: '5' } },
});
const [tasks, runs] = [Number(values.tasks), Number(values.runs)];
const bin = fileURLToPath(new URL('../engine/cli/flow.mjs', import.meta.url));
console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${tasks} tasks, ${runs} runs each`);
// The command's own bundle is made before anything is timed.
spawnSync(process.execPath, [bin, '--version']);

const numbers = Array.from({ length: tasks }, (_, index) => index);
const source = (index) => (index === 0 ? 'source.txt' : `s${index - 1}`);
/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: the pipeline fills them in, not JavaScript */
const link = (index) => `  s${index}: { run: [cp, "\${in.a}", "\${out}"], in: { a: ${source(index)} }, out: o.txt }\n`;
measure('chain', `stages:\n${numbers.map(link).join('')}`);
measure(
  'matrix',
  `stages:
  m: { run: [cp, "\${in.a}", "\${out}"], matrix: { i: [${numbers.join(', ')}] }, in: { a: source.txt }, out: o.txt }
  all: { run: "cat \${in.parts} > \${out}", in: { parts: m }, out: o.txt }
`,
);
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above */

function measure(name, pipeline) {
  const folder = mkdtempSync(join(tmpdir(), 'flow-graph-'));
  try {
    writeFileSync(join(folder, 'source.txt'), 'x');
    writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
    const first = time(folder);
    const again = Array.from({ length: runs }, () => time(folder)).sort((a, b) => a - b);
    const median = again[Math.floor(runs / 2)] ?? 0;
    console.log(`${name}: first plan ${first.toFixed(0)} ms, again ${median.toFixed(0)} ms (median)`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of a plan, which has to end well. */
function time(folder) {
  const start = performance.now();
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 };
  const { status, stderr } = spawnSync(process.execPath, [bin, 'plan'], options);
  const milliseconds = performance.now() - start;
  if (status !== 0) throw new Error(`flow plan ended with ${status}:\n${stderr.slice(-2000)}`);
  return milliseconds;
}

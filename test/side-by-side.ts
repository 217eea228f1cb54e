/** Runs the shares of a long test in processes of their own, two a core, since much of their time they wait. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The worker is given its share as two words: the first of its cases, and the one behind its last. */
export async function runSideBySide(worker: URL, cases: number): Promise<void> {
  const count = 2 * availableParallelism();
  const bounds = Array.from({ length: count + 1 }, (_, place) => Math.round((place * cases) / count));
  await Promise.all(bounds.slice(1).map((end, place) => runShare(worker, bounds[place] as number, end)));
}

async function runShare(worker: URL, start: number, end: number): Promise<void> {
  const child = spawn(process.execPath, ['--enable-source-maps', fileURLToPath(worker), String(start), String(end)]);
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      words += chunk;
    });
  }
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, words);
}

/**
 * Questions to a long history: `node --import tsx bench/history.ts [RECORDS]`. Fills a store with records of a pipeline of
 * ten stages and a scoring one, then asks the command line; ratios are against a start of bare node in the same run.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFiles } from '../engine/files/files.ts';
import { digestText } from '../engine/hash/digest.ts';
import { keyOf } from '../engine/hash/key.ts';
import type { ActionKey, Digest, RunId, StageName, TaskName } from '../engine/model/names.ts';
import type { ActionRecord, InputTrace, KeyMaterial } from '../engine/model/record.ts';
import { createStore } from '../engine/store/store.ts';

const stages = 10;
const tries = Math.ceil(Number(process.argv[2] ?? 10_000) / stages);
const flow = fileURLToPath(new URL('../engine/cli/flow.mjs', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'flow-history-'));

function stageText(index: number): string {
  const metrics = index === stages - 1 ? '\n    metrics: { out: [mAP] }' : '';
  const input = index === 0 ? '{ text: source.txt }' : `{ text: s${index - 1} }`;
  return `  s${index}:\n    run: 'cat \${in.text} > \${out}'\n    in: ${input}\n    with: { lr: $lr }\n    out: out.json${metrics}\n`;
}

async function fill(): Promise<void> {
  writeFileSync(
    join(root, 'pipeline.yaml'),
    `vars: { lr: 0 }\nstages:\n${Array.from({ length: stages }, (_, i) => stageText(i)).join('')}`,
  );
  writeFileSync(join(root, 'source.txt'), 'source\n');
  const run = '20260101-000000-abcd' as RunId;
  const store = createStore({ root, run, files: createFiles({ root, cacheFolder: join(root, '.flow/cache/files') }) });
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const records: { record: ActionRecord; material: KeyMaterial }[] = [];
    let input: InputTrace = { input: 'text', path: 'source.txt', digest: digestText('source\n') };
    for (let index = 0; index < stages; index += 1) {
      const task = `s${index}`;
      const material: KeyMaterial = {
        ...{
          contract: 1,
          code: { command: 'cat ${in.text} > ${out}', files: {} },
          with: { lr: attempt / 1000 },
          matrix: {},
        },
        ...{ in: { text: { digest: input.digest, path: input.path } }, out: { out: 'out.json' }, env: {} },
        platform: { architecture: process.arch, threads: 1 },
      };
      const text = JSON.stringify({ mAP: attempt / tries, task });
      const digest: Digest = index === stages - 1 ? await store.putText(text) : digestText(text);
      const key: ActionKey = keyOf(material);
      const record: ActionRecord = {
        ...{ key, stage: task as StageName, task: task as TaskName, matrix: {}, inputs: [input], run, host: 'bench' },
        ...{
          startedAt: Date.UTC(2026, 0, 1) + 1000 * (attempt * stages + index),
          seconds: 1,
          attempts: 1,
          deterministic: true,
        },
        outputs: { out: { kind: 'file', digest, bytes: text.length } },
      };
      records.push({ record, material });
      const path = `artifacts/${task}/out.json`;
      input = { input: 'text', path, digest, made: { task: task as TaskName, out: 'out', key } };
    }
    await store.commit({ records });
  }
  await store.close();
}

function secondsOf(command: string, words: readonly string[]): number {
  const times = [0, 1, 2, 3, 4].map(() => {
    const start = process.hrtime.bigint();
    const { status, stderr } = spawnSync(command, words, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return Number(process.hrtime.bigint() - start) / 1e9;
  });
  return times.sort((a, b) => a - b)[2] ?? 0;
}

try {
  await fill();
  // The first start bundles and fills the index.
  execFileSync(process.execPath, [flow, 'log'], { cwd: root });
  const bare = secondsOf(process.execPath, ['-e', '0']);
  console.log(`${tries * stages} records, ${tries} tries; bare node ${bare.toFixed(3)} s`);
  for (const words of [
    ['lineage', `s${stages - 1}`],
    ['lineage', 's0', '--down'],
    ['tries', '--sort', 'mAP'],
    ['plan'],
    ['log'],
  ]) {
    const seconds = secondsOf(process.execPath, [flow, ...words]);
    console.log(
      `flow ${words.join(' ').padEnd(20)} ${seconds.toFixed(3)} s  ${(seconds / bare).toFixed(1)} x bare node`,
    );
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

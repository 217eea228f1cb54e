/**
 * Trains once in a process of its own, which a test can kill: `node --import tsx train-once.ts REQUEST`, where REQUEST
 * is JSON of params, inputs and a folder. Prints every report as `UNIT DONE`, and what is logged as `log LINE`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import train from '../../stages/train.ts';

const { params, inputs, folder, checkpoint } = JSON.parse(process.argv[2] ?? '');
const signal = new AbortController().signal;
await mkdir(checkpoint, { recursive: true });
await mkdir(folder, { recursive: true });
await train.prepare?.({ progress: () => {}, log: () => {}, signal });
await train.run({
  params: train.params.parse(params),
  matrix: { fold: 0 },
  inputs,
  outputs: {
    model: join(folder, 'model.safetensors'),
    logits: join(folder, 'logits.csv'),
    history: join(folder, 'history.json'),
    curves: join(folder, 'curves.svg'),
  },
  threads: 1,
  random: () => {
    throw new Error("The training's draws must not depend on the number of epochs, which this generator's seed holds.");
  },
  checkpoint,
  progress: ({ unit, done }) => console.log(unit, done),
  log: (line) => console.log('log', line),
  signal,
});

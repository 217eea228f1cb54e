/**
 * Trains in a process of its own, which a test can kill: one thing after the other, as the engine's warm workers do.
 * Each line of its input is JSON of params, inputs, a folder and a checkpoint. It prints every report as `UNIT DONE`, what
 * is logged as `log LINE`, and at last `ended`, or `failed` with the JSON of the error's text.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import train from '../../stages/train.ts';

const signal = new AbortController().signal;
await train.prepare?.({ progress: () => {}, log: () => {}, signal });
for await (const line of createInterface({ input: process.stdin })) {
  await trainOnce(JSON.parse(line)).then(
    () => console.log('ended'),
    (error) => console.log('failed', JSON.stringify(error.stack)),
  );
}
process.exit();

interface Training {
  readonly params: unknown;
  readonly inputs: Parameters<typeof train.run>[0]['inputs'];
  readonly folder: string;
  readonly checkpoint: string;
}

async function trainOnce({ params, inputs, folder, checkpoint }: Training): Promise<void> {
  await mkdir(checkpoint, { recursive: true });
  await mkdir(folder, { recursive: true });
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
      throw new Error(
        "The training's draws must not depend on the number of epochs, which this generator's seed holds.",
      );
    },
    checkpoint,
    progress: ({ unit, done }) => console.log(unit, done),
    log: (line) => console.log('log', line),
    signal,
  });
}

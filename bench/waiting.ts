/**
 * How long a training from pixels waits for its photos: Lite0 at 160 px, batch 16, nothing frozen, the contest's augmentation.
 *
 *     node --import tsx bench/waiting.ts [--threads 2] [--photos 96] [--rounds 3]
 *
 * Epochs in turns with rows that lie ready, with rows made in threads beside the training, as it does, and with rows made in
 * its own thread. Prints milliseconds a step and their ratios to rows that lie ready: of time, and of the processor's,
 * which is what the photos cost. Waiting is the time in which the training's thread had nothing to do, as its event loop
 * counts it; on a machine without a core to spare, threads slow the network down without making it wait.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { createNetwork } from '../vision/nets/efficientnet.ts';
import { planNetwork } from '../vision/nets/table.ts';
import { drawState, tensorShapes } from '../vision/nets/tensors.ts';
import { loadTensorflow, prepareTensorflow } from '../vision/tensorflow/tensorflow.ts';
import type { Example } from '../vision/training/examples.ts';
import { imageInputs, type LearningInputs } from '../vision/training/inputs.ts';
import { keepPhotos } from '../vision/training/photos.ts';
import { seedRandom } from '../vision/training/random.ts';
import { recipeSchema } from '../vision/training/recipe.ts';
import { startRowThreads } from '../vision/training/row-threads.ts';
import { makeRow, type RowOrder } from '../vision/training/rows.ts';
import { trainNetwork } from '../vision/training/train.ts';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    photos: { type: 'string', default: '96' },
    rounds: { type: 'string', default: '3' },
  },
});
const [threads, count, rounds] = [values.threads, values.photos, values.rounds].map(Number) as [number, number, number];
const [name, size, batch] = ['efficientnet-lite0', 160, 16];
const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'flow-waiting-'));

const examples = await drawExamples();
await prepareTensorflow({ progress: () => {}, log: console.error, signal });
const tf = await loadTensorflow({ threads });
const beside = startRowThreads(threads, signal);
const open = keepPhotos(1e9);
const within = { make: (_: number, order: RowOrder) => makeRow(order, open) };
const common = { sizeOf: () => size, preprocessing: 'lite', examples, seed: 'waiting' } as const;
const ways: Readonly<Record<string, LearningInputs>> = {
  'that lie ready': await rowsAtHand(imageInputs({ ...common, rows: within })),
  'made in threads': imageInputs({ ...common, rows: beside }),
  'made in its thread': imageInputs({ ...common, rows: within }),
};
const costs = new Map(Object.keys(ways).map((way) => [way, [] as Cost[]]));
// The first round warms up: kernels, and photos that are opened.
for (let round = -1; round < rounds; round++)
  for (const [way, inputs] of Object.entries(ways)) {
    const cost = await timeEpoch(inputs);
    if (round >= 0) costs.get(way)?.push(cost);
  }
console.log(
  `${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, ${threads} threads, ${name}, ${size} px, batch ${batch}`,
);
const middle = (way: string, of: keyof Cost): number =>
  (costs.get(way) ?? []).map((cost) => cost[of]).sort((a, b) => a - b)[Math.floor(rounds / 2)] as number;
for (const way of Object.keys(ways)) {
  const [wall, cpu] = (['wall', 'cpu'] as const).map((of) => {
    const ratio = middle(way, of) / middle('that lie ready', of);
    return `${of} ${middle(way, of).toFixed(0)} ms a step, ratio ${ratio.toFixed(3)}`;
  });
  const waiting = `waiting ${middle(way, 'waiting').toFixed(1)} ms`;
  console.log(`rows ${way.padEnd(20)} ${wall}; ${cpu}; ${waiting}`);
}
await beside.close();
rmSync(folder, { recursive: true });

interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly waiting: number;
}

async function timeEpoch(train: LearningInputs): Promise<Cost> {
  const network = createNetwork(tf, { name, classes: 4 });
  network.load(drawState(tensorShapes(planNetwork(name), 4), seedRandom('bench')));
  let ended = false;
  const now = (): Cost => {
    const { user, system } = process.cpuUsage();
    const { idle } = performance.eventLoopUtilization();
    return { wall: performance.now(), cpu: (user + system) / 1000, waiting: idle };
  };
  const start = now();
  let last = start;
  await trainNetwork({
    ...{ tf, network, signal, seed: 1, classes: ['a', 'b', 'c', 'd'] },
    examples: { train: examples, validation: [], board: [] },
    inputs: { train, validation: train },
    recipe: recipeSchema.parse({ epochs: 1, batch, lr: 2e-4, patience: 9 }),
    checkpoint: { resume: async () => ({ history: [] }), save: async () => {} },
    // Behind the last step's report comes one of the whole epoch.
    report: (done) => {
      if (!ended) last = now();
      ended = done === 1;
    },
  });
  network.dispose();
  const steps = Math.floor(count / batch);
  const share = (of: keyof Cost): number => (last[of] - start[of]) / steps;
  return { wall: share('wall'), cpu: share('cpu'), waiting: share('waiting') };
}

async function drawExamples(): Promise<readonly Example[]> {
  const random = seedRandom('photos');
  const [width, height] = [600, 450];
  return Promise.all(
    Array.from({ length: count }, async (_, place) => {
      const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i / 700 + 60 * random()) % 256);
      const path = join(folder, `${place}.jpg`);
      await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg()
        .toFile(path);
      const target = [0, 1, 2, 3].map((label) => (label === place % 4 ? 1 : 0));
      return { photo: `${place}.jpg`, path, turn: 0 as const, origin: 'photo' as const, target };
    }),
  );
}

async function rowsAtHand(inputs: LearningInputs): Promise<LearningInputs> {
  const rows = await Promise.all(examples.map((_, place) => inputs.read(place, 0)));
  return { shapeOf: inputs.shapeOf, read: async (place) => rows[place] as Float32Array };
}

/**
 * A contest of a few small photos for the tests of train and logits: red ones and blue ones, and a class without any.
 * The network's weights are fresh ones, so that no test needs a download.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { InputItems } from '../../engine/stage.ts';
import activations from '../../stages/activations.ts';
import type train from '../../stages/train.ts';
import { writeLabels } from '../../vision/labels/labels.ts';
import { writeSplit } from '../../vision/labels/split.ts';
import { writeSafetensors } from '../../vision/nets/safetensors.ts';
import { planNetwork } from '../../vision/nets/table.ts';
import { drawState, tensorShapes } from '../../vision/nets/tensors.ts';
import { seedRandom } from '../../vision/training/random.ts';
import { runItemStage } from './run-stage.ts';

export const classes = ['blue', 'nobody', 'red'];
export const net = { name: 'efficientnet-lite0', size: 32 };

/** Photo 0 of each colour is on the board, photos 1 and 2 are in fold 0, 3 and 4 in fold 1, and so on. */
export const photosAColour = 7;

type TrainRun = Parameters<typeof train.run>[0];

export interface SmallContest {
  readonly inputs: TrainRun['inputs'];
  readonly ids: readonly string[];
}

export async function makeContest(folder: string): Promise<SmallContest> {
  const ids = ['blue', 'red'].flatMap((colour) =>
    Array.from({ length: photosAColour }, (_, place) => `${colour}/${place}.png`),
  );
  const photos = join(folder, 'photos');
  for (const id of ids) await paintPhoto(photos, id);
  const labels = ids.map((photo) => ({ photo, label: photo.split('/')[0] as string, turn: 0 as const }));
  await writeLabels(join(folder, 'labels.csv'), labels);
  const places = ids.map((photo) => {
    const place = Number(photo.split('/')[1]?.[0]);
    return place === 0
      ? { photo, part: 'board' as const }
      : { photo, part: 'fold' as const, fold: Math.floor((place - 1) / 2) };
  });
  await writeSplit(join(folder, 'split.csv'), places);
  const shapes = tensorShapes(planNetwork(net.name), 1000);
  const weights = drawState(shapes, seedRandom('weights'));
  // Fresh statistics do not fit fresh kernels, and the activations dwindle: this brings the features back to some size.
  weights.get('_bn1.weight')?.data.fill(40);
  await writeSafetensors(join(folder, 'weights.safetensors'), weights);
  return {
    ids,
    inputs: {
      photos: { folder: photos, items: ids.map((id) => ({ id, path: join(photos, id) })), skipped: [] },
      labels: join(folder, 'labels.csv'),
      split: join(folder, 'split.csv'),
      weights: join(folder, 'weights.safetensors'),
      activations: undefined,
      turnedActivations: undefined,
      pastedActivations: undefined,
      pasted: undefined,
      sources: undefined,
    },
  };
}

/** What the stage `activations` gives for a folder of photos, as an input of train. */
export async function makeActivations(
  folder: string,
  request: {
    readonly photos: InputItems;
    readonly weights: string;
    readonly freeze: number;
    readonly variants: number;
    readonly pooling?: 'mean' | 'max';
  },
): Promise<InputItems> {
  const { photos, weights, freeze, variants, pooling } = request;
  const params = { ...net, freeze, variants, seed: 7, ...(pooling && { pooling }) };
  const ran = await runItemStage(activations, { params, inputs: { weights }, folder, items: photos, batch: 4 });
  return { folder, items: [...ran.outputs].map(([id, { out }]) => ({ id, path: out as string })), skipped: [] };
}

/** A flat photo of its colour with grain, so that no two are alike. */
export async function paintPhoto(folder: string, id: string): Promise<void> {
  const random = seedRandom('paint', id);
  const [width, height] = [40, 30];
  const middle = id.startsWith('red') ? [205, 90, 90] : [20, 20, 110];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (middle[i % 3] as number) + 50 * random());
  await mkdir(join(folder, id, '..'), { recursive: true });
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(join(folder, id));
}

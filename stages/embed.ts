import { writeFile } from 'node:fs/promises';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { z } from 'zod';
import { file, itemStage } from '../engine/stage.ts';

/** Photos that go through the network at once: one, since in a batch the last bits of each depend on its place there. */
const together = 1;

/**
 * What near duplicates are found by: a photo's difference hash, and the features that a network trained on ImageNet
 * sees in it, scaled to length 1. The photo is stretched to the network's square, since both look at its whole.
 */
export default itemStage({
  params: z.strictObject({}),
  inputs: { weights: file },
  outputs: { out: file },
  takes: ['image/jpeg', 'image/png', 'image/webp', 'image/tiff', 'image/avif', 'image/gif'],

  async facts({ threads }) {
    const { libraryFacts } = await import('../vision/training/libraries.ts');
    return libraryFacts({ threads });
  },

  async prepare(preparation) {
    const { prepareTensorflow } = await import('../vision/tensorflow/tensorflow.ts');
    await prepareTensorflow(preparation);
  },

  async load({ inputs, threads }) {
    const { useThreads } = await import('../vision/images/facts.ts');
    const { openPretrained } = await import('../vision/nets/pretrained.ts');
    const { loadTensorflow } = await import('../vision/tensorflow/tensorflow.ts');

    useThreads(threads);
    const tf = await loadTensorflow({ threads });
    return { tf, ...(await openPretrained(tf, inputs.weights)) };
  },

  async run({ items, state: { tf, network, plan }, signal }) {
    const { differenceHash } = await import('../vision/images/difference-hash.ts');
    const { openPixels } = await import('../vision/images/open.ts');
    const { preprocess } = await import('../vision/nets/preprocess.ts');
    const { forwardRows } = await import('../vision/training/batches.ts');

    const { size, preprocessing } = plan;
    const pixels = await Promise.all(
      items.map(({ path }) => openPixels({ source: path, size: { width: size, height: size } })),
    );
    const rows = pixels.map(({ data }) => preprocess(preprocessing, data));
    const forward = (images: Tensor) => network.features(images as Tensor4D);
    const features = await forwardRows({ tf, batch: together, forward, signal }, { shape: [size, size, 3], rows });
    for (const [place, { id, path, outputs }] of items.entries()) {
      const dhash = await differenceHash({ source: path });
      const print = { photo: id, dhash, features: toUnitLength(features.rows[place] as Float32Array) };
      await writeFile(outputs.out, `${JSON.stringify(print)}\n`);
    }
  },
});

/** Rounded to 5 digits: a cosine of two such vectors is right to about 1e-4, and the file a third as long. */
function toUnitLength(features: Float32Array): number[] {
  const length = Math.hypot(...features);
  return Array.from(features, (value) => Number((value / length).toFixed(5)));
}

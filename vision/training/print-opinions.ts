import type { Tensor2D } from '@tensorflow/tfjs';
import type { Label } from '../labels/labels.ts';
import type { Prints } from '../labels/prints.ts';
import type { Opinion, Opinions } from '../metrics/proposing.ts';
import { loadTensorflow } from '../tensorflow/tensorflow.ts';
import { fitSoftmax } from './head.ts';

export interface PrintOpinionRequest {
  readonly prints: Prints;
  readonly labels: readonly Label[];
  readonly classes: readonly string[];
  readonly threads: number;
}

const parts = 8;

/**
 * What a softmax regression on the photos' prints thinks of each photo, learned from the labels of seven eighths of the photos,
 * of which this one is none. Photos without a print are passed over.
 *
 * The prints come from a network that never saw a label, so that a wrong one bends a classifier alone, and with a
 * penalty: models that were trained on few photos know them by heart, and take after their wrong labels.
 */
export async function judgePrints({ prints, labels, classes, threads }: PrintOpinionRequest): Promise<Opinions> {
  const tf = await loadTensorflow({ threads });
  const places = new Map(prints.photos.map((photo, place) => [photo, place]));
  const judged = labels.filter(({ photo }) => places.has(photo));
  const { width, values } = prints.features;
  const featuresOf = (some: readonly Label[]): Tensor2D => {
    const rows = new Float32Array(some.length * width);
    some.forEach(({ photo }, row) => {
      const start = (places.get(photo) as number) * width;
      for (let i = 0; i < width; i++) rows[row * width + i] = values[start + i] as number;
    });
    return tf.tensor2d(rows, [some.length, width]);
  };
  const of = new Map<string, Opinion>();
  for (let part = 0; part < parts; part++) {
    const own = judged.filter((_, place) => place % parts === part);
    const others = judged.filter((_, place) => place % parts !== part);
    if (own.length === 0 || others.length === 0) continue;
    const scores = tf.tidy(() => {
      const targets = others.map(({ label }) => classes.map((name) => +(name === label)));
      const { weights, bias } = fitSoftmax(tf, featuresOf(others), tf.tensor2d(targets));
      return tf.softmax(tf.add(tf.matMul(featuresOf(own), weights), bias) as Tensor2D).dataSync();
    });
    own.forEach(({ photo }, row) => {
      const ofPhoto = Float64Array.from(scores.subarray(row * classes.length, (row + 1) * classes.length));
      of.set(photo, { scores: ofPhoto, from: 'photos that look like it' });
    });
  }
  return { classes, of };
}

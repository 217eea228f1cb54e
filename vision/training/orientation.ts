import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { openPixels } from '../images/open.ts';
import { quarterTurn } from '../images/pixels.ts';
import { preprocess } from '../nets/preprocess.ts';
import { openPretrained } from '../nets/pretrained.ts';
import { loadTensorflow, type Tensorflow } from '../tensorflow/tensorflow.ts';
import { squarePhoto } from './augmentation/augment.ts';
import { forwardRows, stackRows } from './batches.ts';
import { fitSoftmax } from './head.ts';
import type { PhotoFile } from './photos.ts';

export interface OrientationRequest {
  /** The file of a network that was trained on other photos. */
  readonly weights: string;
  /** By their ids. */
  readonly photos: ReadonlyMap<string, PhotoFile>;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly report?: (done: number) => void;
}

/** How much surer the judge is of a photo that is turned by a quarter than of the photo as it is. */
export interface TurnGains {
  /** Clockwise; the mean gain in log likelihood of a view, natural, above 0 where turning makes it surer. */
  readonly 90: number;
  readonly 270: number;
}

/** What the network sees in a photo in each of the four directions, the present one first. */
type Views = readonly Float32Array[];

/** With fewer photos nothing can be learned of what is upright. */
const fewestPhotos = 16;

const parts = 8;

/**
 * Judges how photos lie by the features that a network sees in them: a softmax regression learns on seven eighths of the
 * photos, all of which are taken for upright, to tell by how many quarters a view is turned, and judges the others; that a
 * few are not upright hardly bends it. All four views of a photo have their say. Gives nothing where photos are too few.
 *
 * The network never learned from these photos, so that one judge may see them all. Upside-down photos are not looked for:
 * cameras confuse quarters. Ways that were not taken: docs/adr/0010-doubtful-photos.md.
 */
export async function judgeTurns(request: OrientationRequest): Promise<Map<string, TurnGains>> {
  const ids = [...request.photos.keys()];
  if (ids.length < fewestPhotos) return new Map();
  const tf = await loadTensorflow({ threads: request.threads });
  const views = await seeViews(tf, request);
  const gains = new Map<string, TurnGains>();
  for (let part = 0; part < parts; part++) {
    const own = views.filter((_, place) => place % parts === part);
    const others = views.filter((_, place) => place % parts !== part);
    for (const [place, gain] of compareTurns(tf, { learned: others, judged: own }).entries()) {
      gains.set(ids[place * parts + part] as string, gain);
    }
  }
  return gains;
}

async function seeViews(tf: Tensorflow, { weights, photos, signal, report }: OrientationRequest): Promise<Views[]> {
  const { network, plan } = await openPretrained(tf, weights);
  const { size, preprocessing } = plan;
  const forward = (images: Tensor): Tensor => network.features(images as Tensor4D);
  const views: Views[] = [];
  for (const { path, turn } of photos.values()) {
    let square = squarePhoto(await openPixels({ source: path, turn, size: { longest: size } }), size);
    const rows: Float32Array[] = [];
    for (let quarter = 0; quarter < 4; quarter++) {
      rows.push(preprocess(preprocessing, square.data));
      square = quarterTurn(square);
    }
    const seen = await forwardRows({ tf, batch: 4, forward, signal }, { shape: [size, size, 3], rows });
    views.push(seen.rows);
    report?.(views.length);
  }
  network.dispose();
  return views;
}

interface Compared {
  readonly learned: readonly Views[];
  readonly judged: readonly Views[];
}

function compareTurns(tf: Tensorflow, { learned, judged }: Compared): TurnGains[] {
  const stack = (views: readonly Views[]): Tensor2D => {
    const rows = views.flat();
    return stackRows(tf, { shape: [rows[0]?.length ?? 0], rows }) as Tensor2D;
  };
  const likelihoods = tf.tidy(() => {
    const quarters = learned.flatMap(() => [0, 1, 2, 3].map((turned) => [0, 1, 2, 3].map((one) => +(one === turned))));
    const { weights, bias } = fitSoftmax(tf, stack(learned), tf.tensor2d(quarters));
    return tf.logSoftmax(tf.add(tf.matMul(stack(judged), weights), bias) as Tensor2D).dataSync();
  });
  return judged.map((_, place) => {
    // A photo that wants `needed` quarters shows, turned by `view`, what an upright one shows at `view - needed`.
    const scoreOf = (needed: number) =>
      [0, 1, 2, 3].reduce(
        (sum, view) => sum + (likelihoods[(place * 4 + view) * 4 + ((view - needed + 4) % 4)] as number),
        0,
      ) / 4;
    return { 90: scoreOf(1) - scoreOf(0), 270: scoreOf(3) - scoreOf(0) };
  });
}

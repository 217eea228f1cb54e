import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { openPixels } from '../images/open.ts';
import { quarterTurn } from '../images/pixels.ts';
import { preprocess } from '../nets/preprocess.ts';
import { loadTensorflow, type Tensorflow } from '../tensorflow/tensorflow.ts';
import { squarePhoto } from './augmentation/augment.ts';
import { forwardRows, stackRows } from './batches.ts';
import { fitSoftmax } from './head.ts';
import { loadModel } from './model.ts';
import type { PhotoFile } from './photos.ts';

export interface OrientationRequest {
  /** A trained model's file. */
  readonly model: string;
  /** Photos that it was not trained on, since what it knows by heart looks right to it in any direction. */
  readonly photos: readonly PhotoFile[];
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly report?: (done: number) => void;
}

/** How much surer a model is of a photo that is turned by a quarter than of the photo as it is. */
export interface TurnGains {
  /** Clockwise; the mean gain in log likelihood of a view, natural, above 0 where turning makes it surer. */
  readonly 90: number;
  readonly 270: number;
}

/** What a model sees in a photo in each of the four directions, the present one first. */
type Views = readonly Float32Array[];

/** With fewer photos nothing can be learned of what is upright. */
const fewestPhotos = 16;

const parts = 8;

/**
 * Judges how photos lie by what a model sees in them, its features: a softmax regression learns on most of the photos,
 * all of which are taken for upright, to tell by how many quarters a view is turned, and judges the others; that a few
 * are not upright hardly bends it. All four views of a photo have their say.
 *
 * How sure the model is of a class was tried first, and not taken: of six turned photos among 240 it found three with
 * nine false ones, since a network that tells classes apart is often as sure of a photo that lies on its side.
 * Upside-down photos are not looked for: cameras confuse quarters.
 */
export async function judgeTurns(request: OrientationRequest): Promise<TurnGains[]> {
  const tf = await loadTensorflow({ threads: request.threads });
  const views = await seeViews(tf, request);
  const gains: TurnGains[] = [];
  for (let part = 0; part < parts; part++) {
    const own = views.filter((_, place) => place % parts === part);
    const others = views.filter((_, place) => place % parts !== part);
    for (const [place, gain] of compareTurns(tf, { learned: others, judged: own }).entries()) {
      gains[place * parts + part] = gain;
    }
  }
  return gains;
}

export interface JudgedModels {
  /** Each with the photos that it was not trained on. */
  readonly models: readonly { readonly path: string; readonly photos: readonly string[] }[];
  readonly files: ReadonlyMap<string, PhotoFile>;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly progress: (report: { done: number; total: number; unit: string }) => void;
}

/** The mean gains of each photo over the models that were not trained on it. */
export async function judgeWithModels(request: JudgedModels): Promise<Map<string, TurnGains>> {
  const { models, files, threads, signal, log, progress } = request;
  const found = new Map<string, TurnGains[]>();
  const total = models.reduce((sum, { photos }) => sum + photos.length, 0);
  let before = 0;
  for (const { path, photos } of models) {
    const own = photos.filter((photo) => files.has(photo));
    if (own.length < fewestPhotos) log(`${own.length} photos are too few for a model to learn what is upright`);
    else {
      const report = (done: number) => progress({ done: before + done, total, unit: 'photo' });
      const judged = own.map((photo) => files.get(photo) as PhotoFile);
      const gains = await judgeTurns({ model: path, photos: judged, threads, signal, report });
      for (const [place, photo] of own.entries()) {
        found.set(photo, [...(found.get(photo) ?? []), gains[place] as TurnGains]);
      }
    }
    before += photos.length;
  }
  const meanOf = (gains: readonly TurnGains[], turn: 90 | 270) =>
    gains.reduce((sum, gain) => sum + gain[turn], 0) / gains.length;
  return new Map([...found].map(([photo, gains]) => [photo, { 90: meanOf(gains, 90), 270: meanOf(gains, 270) }]));
}

async function seeViews(tf: Tensorflow, { model, photos, signal, report }: OrientationRequest): Promise<Views[]> {
  const { network, card } = await loadModel(tf, model);
  const { size, preprocessing } = card;
  const forward = (images: Tensor): Tensor => network.features(images as Tensor4D);
  const views: Views[] = [];
  for (const { path, turn } of photos) {
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

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSoftLabels } from '../labels/labels.ts';
import { writeLogits } from '../labels/logits.ts';
import { readSources } from '../labels/sources.ts';
import { readSplit } from '../labels/split.ts';
import { createNetwork } from '../nets/efficientnet.ts';
import type { Preprocessing } from '../nets/preprocess.ts';
import { readSafetensors } from '../nets/safetensors.ts';
import { loadTensorflow } from '../tensorflow/tensorflow.ts';
import { type ActivationCard, limitFreeze } from './activations.ts';
import { openCheckpoint } from './checkpoint.ts';
import { drawCurves } from './curves.ts';
import { type Example, type FoldExamples, gatherExamples } from './examples.ts';
import { bestOf, type EpochRecord, historyJson } from './history.ts';
import { type ActivationFiles, activationInputs, imageInputs, type LearningInputs } from './inputs.ts';
import { inferExamples } from './judge.ts';
import { saveModel } from './model.ts';
import { preprocessingOf } from './preprocessing.ts';
import { seedRandom } from './random.ts';
import type { Net, Recipe } from './recipe.ts';
import { type RowThreads, startRowThreads } from './row-threads.ts';
import { sideOf } from './schedule.ts';
import { trainNetwork } from './train.ts';

export interface FoldRequest {
  readonly fold: number;
  readonly net: Net;
  readonly recipe: Recipe;
  readonly classes: readonly string[];
  readonly seed: number;
  readonly threads: number;
  /** Paths of what the fold is made of. */
  readonly files: FoldFiles;
  /** Paths of what is written. */
  readonly outputs: {
    readonly model: string;
    readonly logits: string;
    readonly history: string;
    readonly curves: string;
  };
  /** A folder that outlives attempts. */
  readonly checkpoint: string;
  readonly progress: (report: { done: number; total: number; unit: string; note?: string }) => void;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface FoldFiles {
  readonly photos: readonly { readonly id: string; readonly path: string }[];
  readonly labels: string;
  readonly split: string;
  readonly weights: string;
  /** What the frozen part of the network gave; not asked for where nothing is frozen. */
  readonly activations?: ActivationFiles;
  readonly pasted?: { readonly folder: string; readonly sources: string; readonly smoothing: number };
}

/** Trains one fold's model, and writes it, its history, and its logits of the photos that it was not trained on. */
export async function trainFold(request: FoldRequest): Promise<void> {
  const { net, recipe, classes, seed, fold, threads, signal, progress, log } = request;
  const examples = await readExamples(request);
  const tf = await loadTensorflow({ threads });
  const freeze = limitFreeze(tf, { name: net.name, freeze: recipe.freeze });
  if (freeze !== recipe.freeze)
    log('TensorFlow runs on wasm, so the classifier alone is trained, on the features of the first weights.');
  const network = createNetwork(tf, { name: net.name, classes: classes.length, freeze, pooling: net.pooling });
  const { state, metadata } = await readSafetensors(request.files.weights);
  const preprocessing = preprocessingOf(net.name, metadata);
  network.load(state, { newHead: { random: seedRandom('head', seed, fold) } });

  const judged = [...examples.validation, ...examples.board];
  const seeds = `${seed}/${fold}`;
  const { name, size, pooling } = net;
  const card = { name, size, freeze, pooling, variants: recipe.variants };
  const rows = freeze === 0 ? startRowThreads(threads, signal) : undefined;
  try {
    const inputs = await prepareInputs(request, { train: examples.train, judged, card, preprocessing, seeds, rows });
    const history = await trainNetwork({
      tf,
      network,
      classes,
      examples,
      inputs: { train: inputs.train, validation: inputs.judged },
      recipe,
      seed: seeds,
      checkpoint: openCheckpoint(request.checkpoint, log),
      report: (done, epochs) => progress({ done, total: recipe.epochs, unit: 'epoch', ...noteOf(epochs, recipe) }),
      signal,
    });
    const { flips } = recipe;
    const logits = await inferExamples({ tf, network, inputs: inputs.judged, examples: judged, flips, signal });
    const parts = judged.map((_, place) => (place < examples.validation.length ? 'oof' : 'board'));
    const { model, logits: table, history: record, curves } = request.outputs;
    await saveModel(model, network, { name, size, classes, preprocessing, pooling, flips });
    await writeLogits(table, { classes, photos: judged.map(({ photo }) => photo), parts, values: logits });
    await writeFile(record, historyJson(history, recipe.saveFrom, { fold, classes }));
    await writeFile(curves, drawCurves(history, recipe.saveFrom));
    network.dispose();
  } finally {
    await rows?.close();
  }
}

interface InputsRequest {
  readonly train: readonly Example[];
  readonly judged: readonly Example[];
  readonly card: ActivationCard;
  readonly preprocessing: Preprocessing;
  readonly seeds: string;
  /** Where nothing is frozen. */
  readonly rows: RowThreads | undefined;
}

/** Frozen parts' activations come from the stage `activations`, which all folds share; images are made here. */
async function prepareInputs(
  { net, recipe, files: { activations } }: FoldRequest,
  { train, judged, card, preprocessing, seeds, rows }: InputsRequest,
): Promise<{ readonly train: LearningInputs; readonly judged: LearningInputs }> {
  if (rows) {
    const sizeOf = (epoch: number): number => sideOf(net.size, recipe.growth, epoch);
    return {
      train: imageInputs({ rows, preprocessing, examples: train, sizeOf, seed: seeds }),
      judged: imageInputs({ rows, preprocessing, examples: judged, sizeOf: () => net.size }),
    };
  }
  if (!activations)
    throw new Error(
      `recipe.freeze is ${card.freeze}, so the training wants the input activations; without it, freeze has to be 0.`,
    );
  return {
    train: await activationInputs({ card, examples: train, files: activations, varied: true }),
    judged: await activationInputs({ card, examples: judged, files: activations, varied: false }),
  };
}

async function readExamples({ files, classes, fold }: FoldRequest): Promise<FoldExamples> {
  const { pasted } = files;
  return gatherExamples({
    classes,
    fold,
    labels: await readSoftLabels(files.labels),
    split: await readSplit(files.split),
    paths: new Map(files.photos.map(({ id, path }) => [id, path])),
    ...(pasted && {
      pasted: {
        sources: await readSources(pasted.sources),
        pathOf: (photo: string) => join(pasted.folder, photo),
        smoothing: pasted.smoothing,
      },
    }),
  });
}

function noteOf(history: readonly EpochRecord[], { saveFrom }: Recipe): { note?: string } {
  const best = bestOf(history, saveFrom);
  return best && !Number.isNaN(best.validation.mAP) ? { note: `mAP ${best.validation.mAP.toFixed(3)}` } : {};
}

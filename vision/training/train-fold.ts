import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSoftLabels } from '../labels/labels.ts';
import { writeLogits } from '../labels/logits.ts';
import { readSources } from '../labels/sources.ts';
import { readSplit } from '../labels/split.ts';
import { createNetwork } from '../nets/efficientnet.ts';
import { preprocessings } from '../nets/preprocess.ts';
import { readSafetensors } from '../nets/safetensors.ts';
import { planNetwork } from '../nets/table.ts';
import { loadTensorflow, type Tensorflow } from '../tensorflow/tensorflow.ts';
import { openCheckpoint } from './checkpoint.ts';
import { type FoldExamples, gatherExamples } from './examples.ts';
import { bestOf, type EpochRecord, historyJson } from './history.ts';
import { augmentedInputs, plainInputs } from './inputs.ts';
import { inferExamples } from './judge.ts';
import { saveModel } from './model.ts';
import { keepPhotos } from './photos.ts';
import { seedRandom } from './random.ts';
import type { Net, Recipe } from './recipe.ts';
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
  readonly outputs: { readonly model: string; readonly logits: string; readonly history: string };
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
  readonly pasted?: { readonly folder: string; readonly sources: string; readonly smoothing: number };
}

/** Trains one fold's model, and writes it, its history, and its logits of the photos that it was not trained on. */
export async function trainFold(request: FoldRequest): Promise<void> {
  const { net, classes, seed, fold, threads, signal, progress, log } = request;
  const examples = await readExamples(request);
  const tf = await loadTensorflow({ threads });
  const recipe = limitRecipe(request, tf);
  const network = createNetwork(tf, { name: net.name, classes: classes.length, freeze: recipe.freeze });
  const { state, metadata } = await readSafetensors(request.files.weights);
  // The table's preprocessing is that of a network's usual weights; others, as those of advprop, say their own.
  const preprocessing =
    preprocessings.find((kind) => kind === metadata.preprocessing) ?? planNetwork(net.name).preprocessing;
  network.load(state, { newHead: { random: seedRandom('head', seed, fold) } });

  const open = keepPhotos(net.size);
  const common = { tf, network, size: net.size, preprocessing, open, signal };
  const report = (done: number, total: number): void => progress({ done, total, unit: 'photo', note: 'frozen blocks' });
  const judged = [...examples.validation, ...examples.board];
  const plain = await plainInputs({ ...common, examples: judged });
  const augmented = { examples: examples.train, variants: recipe.variants, seed: `${seed}/${fold}`, report };
  const history = await trainNetwork({
    tf,
    network,
    classes,
    examples,
    inputs: { train: await augmentedInputs({ ...common, ...augmented }), validation: plain },
    recipe,
    seed: `${seed}/${fold}`,
    checkpoint: openCheckpoint(request.checkpoint, log),
    report: (done, epochs) => progress({ done, total: recipe.epochs, unit: 'epoch', ...noteOf(epochs, recipe) }),
    signal,
  });

  const logits = await inferExamples({ tf, network, inputs: plain, examples: judged, signal });
  const parts = judged.map((_, place) => (place < examples.validation.length ? 'oof' : 'board') as 'oof' | 'board');
  const { model, logits: table, history: record } = request.outputs;
  await saveModel(model, network, { name: net.name, size: net.size, classes, preprocessing });
  await writeLogits(table, { classes, photos: judged.map(({ photo }) => photo), parts, values: logits });
  await writeFile(record, historyJson(history, recipe.saveFrom, { fold, classes }));
  network.dispose();
}

/** The wasm backend lacks the gradients of convolutions, and would take hours with them: there the classifier learns alone. */
function limitRecipe({ recipe, net, log }: FoldRequest, tf: Tensorflow): Recipe {
  const all = planNetwork(net.name).blocks.length + 1;
  if (tf.getBackend() !== 'wasm' || recipe.freeze === all) return recipe;
  log('TensorFlow runs on wasm, so the classifier alone is trained, on the features of the first weights.');
  return { ...recipe, freeze: all };
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

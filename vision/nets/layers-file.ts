/**
 * Models of tfjs's layers as folders of files, which tfjs itself only reads and writes with a backend of Node's own.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { io, LayersModel } from '@tensorflow/tfjs';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';

const weightsName = 'weights.bin';

/** Writes model.json and weights.bin; equal models give equal bytes. */
export async function writeLayersModel(model: LayersModel, folder: string): Promise<void> {
  // What `tf.io.withSaveHandler` wraps: written out, so that the package is imported by its users alone.
  await model.save({
    save: async ({ modelTopology, format, generatedBy, weightSpecs, weightData }: io.ModelArtifacts) => {
      if (!(weightData instanceof ArrayBuffer) || weightSpecs === undefined)
        throw new Error('tfjs gave no weights to write.');
      const weightsManifest = [{ paths: [weightsName], weights: weightSpecs }];
      const json = { format, generatedBy, convertedBy: null, modelTopology, weightsManifest };
      await writeFile(join(folder, 'model.json'), JSON.stringify(json));
      await writeFile(join(folder, weightsName), new Uint8Array(weightData));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
}

/** Reads what `writeLayersModel`, or any tfjs, wrote into a folder. */
export async function readLayersModel(tf: Tensorflow, folder: string): Promise<LayersModel> {
  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as io.ModelJSON;
  const artifacts = await tf.io.getModelArtifactsForJSON(json, async (manifest) => {
    const parts = manifest.flatMap(({ paths }) => paths);
    const bytes = Buffer.concat(await Promise.all(parts.map((part) => readFile(join(folder, part)))));
    return [manifest.flatMap(({ weights }) => weights), new Uint8Array(bytes).buffer];
  });
  return tf.loadLayersModel(tf.io.fromMemory(artifacts));
}

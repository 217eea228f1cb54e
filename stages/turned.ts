import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { file, folder, items, stage } from '../engine/stage.ts';

/**
 * The photos that the labels turn, turned: what activations of them are computed from. A folder of its own makes each of
 * them an item there, so that one correction more, or one photo more, costs no other photo's activations.
 */
export default stage({
  params: z.strictObject({}),
  inputs: { photos: items, labels: file },
  outputs: { out: folder },

  async facts() {
    const { imageFacts } = await import('../vision/images/facts.ts');
    return imageFacts();
  },

  async run({ inputs, outputs, log }) {
    const { encodeJpeg } = await import('../vision/images/encode.ts');
    const { openPixels } = await import('../vision/images/open.ts');
    const { readLabels } = await import('../vision/labels/labels.ts');

    const paths = new Map(inputs.photos.items.map(({ id, path }) => [id, path]));
    const turned = (await readLabels(inputs.labels)).filter(({ turn }) => turn !== 0);
    for (const { photo, turn } of turned) {
      const source = paths.get(photo);
      if (!source) throw new Error(`The labels name ${photo}, which is not among the photos.`);
      // Under the photo's own name, whatever its ending says: that is how its activations are found again.
      await mkdir(dirname(join(outputs.out, photo)), { recursive: true });
      await writeFile(join(outputs.out, photo), await encodeJpeg(await openPixels({ source, turn })));
    }
    log(`${turned.length} photos turned`);
  },
});

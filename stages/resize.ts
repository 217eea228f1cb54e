import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { file, itemStage } from '../engine/stage.ts';

/**
 * Makes photos upright by their EXIF orientation, and smaller where both sides are large; hands on JPEGs without tags.
 *
 * HEIC and BMP are taken too although they cannot be opened, so that they are named as skipped and not merely counted.
 */
export default itemStage({
  params: z.strictObject({
    longest: z.int().positive().describe('The longest side of a photo that is made smaller, in pixels'),
    whenBothSidesExceed: z.int().positive().describe('A photo is made smaller only where both its sides exceed this'),
  }),
  inputs: {},
  outputs: { photo: file, facts: file },
  takes: ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'heic', 'heif', 'bmp'].map((format) => `image/${format}`),

  async facts() {
    const { imageFacts } = await import('../vision/images/facts.ts');
    return imageFacts();
  },

  async load({ threads }) {
    const { collectLate, useThreads } = await import('../vision/images/facts.ts');
    useThreads(threads);
    collectLate();
  },

  async run({ items, params }) {
    const { tryShrinking } = await import('../vision/images/shrink.ts');
    for (const { id, path, digest, outputs, skip } of items) {
      const shrunk = await tryShrinking(path, params);
      if ('broken' in shrunk) {
        skip(`cannot be opened as a photo: ${shrunk.broken}`);
        continue;
      }
      await writeFile(outputs.photo, shrunk.jpeg);
      await writeFile(outputs.facts, `${JSON.stringify({ photo: id, digest, ...shrunk.facts })}\n`);
    }
  },
});

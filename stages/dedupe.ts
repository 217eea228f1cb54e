import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { z } from 'zod';
import { file, items, stage } from '../engine/stage.ts';
import type { Original } from '../vision/labels/grouping.ts';

/** The review shows at most so many groups: a page has to open. */
const mostGroups = 300;

/**
 * Groups near duplicates, of which the largest original stays, and shows them side by side.
 * Whatever has no near duplicate is a group of its own. See `nearness` for what counts as near.
 */
export default stage({
  params: z.strictObject({}),
  inputs: { prints: items, facts: items, photos: items },
  outputs: { groups: file, review: file },

  async facts() {
    const { imageFacts } = await import('../vision/images/facts.ts');
    return imageFacts();
  },

  async run({ inputs, outputs, log }) {
    const { greyPrint } = await import('../vision/images/likeness.ts');
    const { groupPhotos } = await import('../vision/labels/grouping.ts');
    const { writeGroups } = await import('../vision/labels/groups.ts');
    const { readPrints } = await import('../vision/labels/prints.ts');
    const { findNearDuplicates } = await import('../vision/metrics/near-duplicates.ts');
    const { isConflict, renderReview } = await import('../vision/pages/review-page.ts');

    const paths = new Map(inputs.photos.items.map(({ id, path }) => [id, path]));
    const pathOf = (photo: string) => paths.get(photo) as string;
    const prints = await readPrints(inputs.prints.items.map(({ path }) => path));
    const originals = await readOriginals(inputs.facts.items.map(({ path }) => path));
    const photos = prints.photos.map((photo) => {
      const original = originals.get(photo);
      if (!original || !paths.has(photo)) throw new Error(`Photo '${photo}' has a print, but no facts or no file.`);
      return original;
    });

    const near = await findNearDuplicates(prints, (place) =>
      greyPrint({ source: pathOf(prints.photos[place] as string) }),
    );
    const all = groupPhotos(
      photos,
      near.map(({ pair }) => pair),
    );
    await writeGroups(
      outputs.groups,
      all.flat().sort((one, other) => (one.photo < other.photo ? -1 : 1)),
    );

    const groups = all
      .filter((group) => group.length > 1)
      .map((group) => group.map((photo) => ({ ...photo, folder: dirname(photo.photo) })));
    log(`${groups.length} groups of near duplicates among ${photos.length} photos`);
    for (const group of groups.filter(isConflict)) {
      log(`warning: near duplicates in different folders: ${group.map(({ photo }) => photo).join(', ')}`);
    }
    // Conflicts first, so that they are shown whatever else there is.
    const shown = groups.toSorted((one, other) => +isConflict(other) - +isConflict(one)).slice(0, mostGroups);
    const pictured = [];
    for (const group of shown) {
      pictured.push(
        await Promise.all(group.map(async (photo) => ({ ...photo, picture: await pictureOf(pathOf(photo.photo)) }))),
      );
    }
    const review = { groups: pictured, photos: photos.length, notShown: groups.length - shown.length };
    await writeFile(outputs.review, renderReview(review));
  },
});

async function readOriginals(paths: readonly string[]): Promise<Map<string, Original>> {
  const originals = new Map<string, Original>();
  for (const path of paths) {
    const original = JSON.parse(await readFile(path, 'utf8')) as Original;
    originals.set(original.photo, original);
  }
  return originals;
}

async function pictureOf(path: string): Promise<string> {
  const { thumbnailUri } = await import('../vision/images/encode.ts');
  const { openPixels } = await import('../vision/images/open.ts');
  return thumbnailUri(await openPixels({ source: path, size: { longest: 160 } }));
}

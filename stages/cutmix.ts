import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { file, folder, items, stage } from '../engine/stage.ts';
import type { Label } from '../vision/labels/labels.ts';
import type { PastedPhoto } from '../vision/labels/sources.ts';

/**
 * Pastes slim portraits on photos of the same class, or on such that show nothing of interest.
 *
 * Only photos of folds are taken: no fold may use what a board photo is part of. Training leaves out what is made of
 * photos in its own fold, so both sources are written down.
 */
export default stage({
  params: z.strictObject({
    counts: z.record(z.string(), z.int().nonnegative()).describe('How many pasted photos to make, by class'),
    plain: z.string().default('normal').describe('The class whose photos serve every class as background'),
    seed: z.int(),
  }),
  inputs: { photos: items, labels: file, split: file },
  outputs: { photos: folder, sources: file },

  async facts() {
    const { imageFacts } = await import('../vision/images/facts.ts');
    return imageFacts();
  },

  async run({ params: { counts, plain }, inputs, outputs, random, log, progress, signal }) {
    const { encodeJpeg } = await import('../vision/images/encode.ts');
    const { isSlim, pasteSlim } = await import('../vision/images/pasting.ts');
    const { measure } = await import('../vision/images/open.ts');
    const { readLabels } = await import('../vision/labels/labels.ts');
    const { writeSources } = await import('../vision/labels/sources.ts');
    const { readSplit } = await import('../vision/labels/split.ts');

    const paths = new Map(inputs.photos.items.map(({ id, path }) => [id, path]));
    const sourceOf = ({ photo, turn }: Label) => ({ source: paths.get(photo) as string, turn });
    const inFolds = new Set(
      (await readSplit(inputs.split)).filter(({ part }) => part === 'fold').map(({ photo }) => photo),
    );
    const usable = (await readLabels(inputs.labels)).filter(({ photo }) => inFolds.has(photo));
    const slim: Label[] = [];
    for (const label of usable) {
      const { source, turn } = sourceOf(label);
      if (isSlim(await measure(source, turn))) slim.push(label);
    }

    const planned = Object.entries(counts).flatMap(([name, count]) => {
      const fronts = slim.filter(({ label }) => label === name);
      const backs = usable.filter(({ label }) => label === name || label === plain);
      if (count > 0 && fronts.length === 0) log(`warning: no slim portrait of class '${name}', so none is pasted`);
      return fronts.length === 0 ? [] : Array.from({ length: count }, () => drawPair({ fronts, backs, random }));
    });
    const pasted: PastedPhoto[] = [];
    for (const { front, back } of planned) {
      signal.throwIfAborted();
      const right = 2 * random() - 1;
      const down = 2 * random() - 1;
      const pixels = await pasteSlim({ front: sourceOf(front), back: sourceOf(back), right, down });
      const photo = `${front.label}/${String(pasted.length + 1).padStart(5, '0')}.jpg`;
      await mkdir(dirname(join(outputs.photos, photo)), { recursive: true });
      await writeFile(join(outputs.photos, photo), await encodeJpeg(pixels));
      pasted.push({ photo, label: front.label, front: front.photo, back: back.photo });
      progress({ done: pasted.length, total: planned.length, unit: 'photo' });
    }
    await writeSources(outputs.sources, pasted);
    log(`${pasted.length} photos pasted of ${slim.length} slim portraits`);
  },
});

interface Draw {
  readonly fronts: readonly Label[];
  readonly backs: readonly Label[];
  readonly random: () => number;
}

/** A portrait is never its own background, unless there is no other. */
function drawPair({ fronts, backs, random }: Draw): { front: Label; back: Label } {
  const front = fronts[Math.floor(random() * fronts.length)] as Label;
  const others = backs.filter(({ photo }) => photo !== front.photo);
  const back = others[Math.floor(random() * others.length)] ?? front;
  return { front, back };
}

import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { file, folder, stage } from '../engine/stage.ts';

const classes = ['calling', 'normal', 'smoking', 'smoking_calling'] as const;

/**
 * Draws a small contest: people with a phone at the ear, a cigarette, both or neither, in a folder a class,
 * and test photos with their labels. It plants what real collections hold (near duplicates, wrong labels,
 * turned photos) and says in truth.json what and where. The same seed gives the same bytes on one libvips.
 */
export default stage({
  params: z.strictObject({
    classes: z
      .array(z.enum(classes))
      .min(1)
      .refine((names) => new Set(names).size === names.length, 'each class once')
      .describe('What the photos show; only these four can be drawn'),
    perClass: z.int().min(1).max(10_000).describe('Training photos a class as filed, all that is planted included'),
    test: z.int().min(1).max(10_000).describe('Test photos, spread over the classes'),
    seed: z.int().describe('Another seed draws another contest'),
  }),
  inputs: {},
  outputs: { train: folder, test: folder, testLabels: file, truth: file },

  async facts() {
    const { imageFacts } = await import('../vision/images/facts.ts');
    return imageFacts();
  },

  async run({ params, outputs, threads, progress, log, signal }) {
    const { drawContest, planContest } = await import('../vision/drawing/index.ts');
    const { useThreads } = await import('../vision/images/facts.ts');
    const { writeTable } = await import('../vision/labels/table.ts');

    useThreads(threads);
    const contest = planContest(params);
    await drawContest({
      contest,
      seed: params.seed,
      folders: { train: outputs.train, test: outputs.test },
      // One photo is being described while another is rendered.
      atOnce: Math.max(2, threads),
      signal,
      progress: (done, total) => progress({ done, total, unit: 'photo' }),
    });

    await writeTable(
      outputs.testLabels,
      ['photo', 'label'],
      contest.testLabels.map(({ photo, label }) => [photo, label]),
    );
    await writeFile(outputs.truth, `${JSON.stringify(contest.truth, null, 2)}\n`);
    const { duplicates, wrongLabels, turned, sideways } = contest.truth;
    log(
      `planted ${duplicates.length} near duplicates, ${wrongLabels.length} wrong labels, ${turned.length} turned photos and ${sideways.length} stored sideways`,
    );
  },
});

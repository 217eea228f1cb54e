import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { file, items, list, optional, stage } from '../engine/stage.ts';
import type { Turn } from '../vision/images/pixels.ts';
import type { Correction } from '../vision/labels/corrections.ts';
import type { Proposal } from '../vision/labels/proposals.ts';
import { prepareTensorflow } from '../vision/tensorflow/tensorflow.ts';
import { libraryFacts } from '../vision/training/libraries.ts';

/** The sheet shows at most so many: a page has to open. */
const mostPictured = 300;

/**
 * Proposes what a person may want to correct, and changes nothing: labels that are thought wrong by models which never saw
 * the photo, or by what photos with like prints are, whichever tells labels better; near duplicates with two labels,
 * photos that lie on their side. What corrections.csv says is not asked again.
 *
 * How a photo lies is told by the network that prints are made with, from all other photos. One that lies on its side is
 * proposed for turning alone: what models say of it as it lies is worth little.
 */
export default stage({
  params: z.strictObject({}),
  inputs: {
    ...{ photos: items, labels: file, groups: file, split: file },
    ...{ prints: items, weights: file, logits: list, corrections: optional(file) },
  },
  outputs: { proposals: file, sheet: file },
  facts: libraryFacts,
  prepare: prepareTensorflow,

  async run({ inputs, outputs, threads, progress, log, signal }) {
    const { readCorrections } = await import('../vision/labels/corrections.ts');
    const { readGroups } = await import('../vision/labels/groups.ts');
    const { readLabels } = await import('../vision/labels/labels.ts');
    const { readLogits } = await import('../vision/labels/logits.ts');
    const { writeProposals } = await import('../vision/labels/proposals.ts');
    const { readPrints } = await import('../vision/labels/prints.ts');
    const { readSplit } = await import('../vision/labels/split.ts');
    const { chooseOpinions, gatherOpinions } = await import('../vision/metrics/opinions.ts');
    const { proposeDuplicates, proposeLabels, proposeTurns } = await import('../vision/metrics/proposing.ts');
    const { renderProposals } = await import('../vision/pages/proposals-page.ts');
    const { judgeTurns } = await import('../vision/training/orientation.ts');
    const { judgePrints } = await import('../vision/training/print-opinions.ts');

    const labels = await readLabels(inputs.labels);
    const logits = await Promise.all(inputs.logits.map(({ path }) => readLogits(path)));
    const ofModels = gatherOpinions(logits, await readSplit(inputs.split));
    const { classes } = ofModels;
    const prints = await readPrints(inputs.prints.items.map(({ path }) => path));
    const opinions = chooseOpinions(labels, [ofModels, await judgePrints({ prints, labels, classes, threads })]);
    log(`labels are judged by ${opinions === ofModels ? 'the models' : 'the prints'}, which tell them better`);
    const paths = new Map(inputs.photos.items.map(({ id, path }) => [id, path]));
    const files = new Map(labels.map(({ photo, turn }) => [photo, { path: paths.get(photo) as string, turn }]));
    const gains = await judgeTurns({
      weights: inputs.weights,
      photos: files,
      threads,
      signal,
      report: (done) => progress({ done, total: files.size, unit: 'photo' }),
    });
    if (gains.size === 0) log(`${files.size} photos are too few to learn what is upright`);

    const known = { photos: new Set(paths.keys()), classes };
    const corrections = inputs.corrections ? await readCorrections(inputs.corrections, known) : undefined;
    const isOpen = ({ photo, kind }: Proposal): boolean => !isAnswered(kind, corrections?.get(photo));
    const turns = proposeTurns(labels, gains).filter(isOpen);
    const onTheirSide = new Set(turns.map(({ photo }) => photo));
    const duplicates = proposeDuplicates(labels, await readGroups(inputs.groups), opinions).filter(isOpen);
    const asked = new Set([...onTheirSide, ...duplicates.map(({ photo }) => photo)]);
    const doubtful = proposeLabels(labels, opinions).filter((one) => isOpen(one) && !asked.has(one.photo));
    const proposals = [...doubtful, ...duplicates, ...turns];
    await writeProposals(outputs.proposals, proposals);
    log(
      `${doubtful.length} doubtful labels, ${duplicates.length} groups with two labels and ${turns.length} photos on their side among ${labels.length} photos`,
    );

    const shown = [...duplicates, ...turns, ...doubtful].slice(0, mostPictured);
    const pictured = [];
    for (const proposal of shown) {
      const { path, turn } = files.get(proposal.photo) as { path: string; turn: Turn };
      const pictures = [await pictureOf({ path, turn, name: proposal.photo, caption: '' })];
      if (proposal.turn !== undefined)
        pictures.push(await pictureOf({ path, turn: proposal.turn, name: proposal.photo, caption: 'turned' }));
      pictured.push({ ...proposal, pictures });
      progress({ done: pictured.length, total: shown.length, unit: 'picture' });
    }
    const report = { proposals: pictured, photos: labels.length, notShown: proposals.length - shown.length };
    await writeFile(outputs.sheet, renderProposals(report));
  },
});

/** Whether a person has decided already. */
function isAnswered(kind: Proposal['kind'], correction?: Correction): boolean {
  return (kind === 'turn' ? correction?.turn : correction?.label) !== undefined;
}

interface Pictured {
  readonly path: string;
  readonly turn: Turn;
  readonly name: string;
  readonly caption: string;
}

async function pictureOf({ path, turn, name, caption }: Pictured) {
  const { thumbnailUri } = await import('../vision/images/encode.ts');
  const { openPixels } = await import('../vision/images/open.ts');
  return {
    name,
    caption,
    picture: await thumbnailUri(await openPixels({ source: path, turn, size: { longest: 200 } })),
  };
}

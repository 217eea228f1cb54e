import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { file, type Json, type ListedInput, list, stage } from '../engine/stage.ts';
import type { Logits } from '../vision/labels/logits.ts';

/** Boards that the choosing is repeated on: more move an interval's ends by less than a hundredth. */
const resamples = 200;

/**
 * Chooses models: the mean of their logits is scored on the board, which none of them was trained on, for every choice
 * of `atLeast` to `atMost` of them. Says how far that score can be trusted: its interval, and how much of it is the luck
 * of choosing among so many. Then fits the temperature that makes the choice's scores probabilities.
 */
export default stage({
  params: z
    .strictObject({ atLeast: z.int().positive(), atMost: z.int().positive().optional() })
    .transform(({ atLeast, atMost = atLeast }) => ({ atLeast, atMost }))
    .refine(({ atLeast, atMost }) => atLeast <= atMost, '`atLeast` must not exceed `atMost`.'),
  inputs: { logits: list, labels: file, split: file },
  outputs: { choice: file, board: file, calibration: file },

  async run({ params, inputs, outputs, log, random }) {
    const { readLabels } = await import('../vision/labels/labels.ts');
    const { readLogits } = await import('../vision/labels/logits.ts');
    const { readSplit } = await import('../vision/labels/split.ts');
    const { shortNumber, writeTable } = await import('../vision/labels/table.ts');
    const { calibrate } = await import('../vision/metrics/calibrate.ts');
    const { scoreChoices } = await import('../vision/metrics/choices.ts');
    const { sameClasses } = await import('../vision/metrics/mean-logits.ts');
    const { resampleChoices } = await import('../vision/metrics/resampling.ts');

    const members = inputs.logits.map(memberOf);
    const models = await Promise.all(inputs.logits.map(({ path }) => readLogits(path)));
    const classes = sameClasses(models);
    const onBoard = new Set(
      (await readSplit(inputs.split)).filter(({ part }) => part === 'board').map(({ photo }) => photo),
    );
    const board = (await readLabels(inputs.labels)).filter(({ photo }) => onBoard.has(photo));

    const photos = board.map(({ photo }) => photo);
    const labels = Int32Array.from(board, ({ photo, label }) => {
      const place = classes.indexOf(label);
      if (place < 0) throw new Error(`Photo '${photo}' is of class '${label}', which the models do not know.`);
      return place;
    });
    const logits = models.map((model, place) => rowsOf(model, { photos, member: nameOf(members[place]) }));
    const candidates = { classes, logits, labels };
    const choices = scoreChoices(candidates, params);
    // Where all models are asked for, nothing is chosen, and a few photos may leave the board empty.
    if (board.length === 0 && choices.length > 1)
      throw new Error(
        'The board is empty, and nothing else says which models to choose: raise `board` of the split, take another seed, or choose all models.',
      );
    const resampled = resampleChoices(candidates, choices, { resamples, random });
    const best = choices[0] as (typeof choices)[number];
    const chosen = best.members.map((place) => members[place] as Member);

    await writeFile(outputs.choice, `${JSON.stringify(chosen, null, 2)}\n`);
    const rows = choices.map(({ members: places, mAP, logLoss }, row) => [
      ...[places.map((place) => nameOf(members[place])).join(' '), places.length, mAP, logLoss],
      ...[...(resampled.intervals[row] ?? []), resampled.wins[row] ?? 0].map(shortNumber),
    ]);
    await writeTable(outputs.board, ['members', 'count', 'mAP', 'logLoss', 'low', 'high', 'wins'], rows);

    const calibration = calibrate({
      classes,
      labels,
      logits: best.members.map((place) => logits[place] as Float64Array),
    });
    const interval = resampled.intervals[0] as readonly [number, number];
    const { optimism } = resampled;
    const choosing = {
      choices: choices.length,
      mAP: best.mAP,
      interval,
      optimism,
      honest: best.mAP - optimism,
      resamples,
    };
    await writeFile(outputs.calibration, `${JSON.stringify({ ...calibration, choosing }, null, 2)}\n`);

    if (board.length === 0) {
      log('warning: the board is empty, so that nothing is known of the ensemble; its temperature stays 1');
      return;
    }
    const [low, high] = interval.map((end) => end.toFixed(3));
    log(
      `${chosen.map(nameOf).join(', ')}: mAP ${best.mAP.toFixed(4)} on ${board.length} board photos (${low} to ${high}),`,
    );
    log(`the best of ${choices.length} choices of ${members.length} models`);
    if (choices.length > 1) log(`without the luck of choosing by these very photos: mAP ${choosing.honest.toFixed(4)}`);
    const { calibrationError, uncalibrated, temperature } = calibration;
    log(
      `temperature ${temperature.toFixed(2)}: calibration error ${calibrationError.toFixed(3)} instead of ${uncalibrated.calibrationError.toFixed(3)}`,
    );
    if (calibration.leftOut.length > 0) log(`warning: the board has no photo of ${calibration.leftOut.join(', ')}`);
  },
});

type Member = Readonly<Record<string, Json>>;

/** A matrix value of the stage that infers: the stage that made the model is its `round`. */
function memberOf({ path, stage: round, matrix }: ListedInput): Member {
  if (round === undefined) throw new Error(`${path} was made by no stage; name the logits of training stages.`);
  return { round, ...matrix };
}

/** As the command line writes it: `folds@3`. */
function nameOf(member: Member = {}): string {
  const { round, ...matrix } = member;
  const values = Object.entries(matrix);
  return [round, ...values.map(([name, value]) => (values.length === 1 ? value : `${name}=${value}`))].join('@');
}

function rowsOf(model: Logits, { photos, member }: { photos: readonly string[]; member: string }): Float64Array {
  const width = model.classes.length;
  const places = new Map(model.photos.map((photo, row) => [photo, row]));
  const values = new Float64Array(photos.length * width);
  photos.forEach((photo, row) => {
    const place = places.get(photo);
    if (place === undefined || model.parts[place] !== 'board') {
      throw new Error(`${member} has no logits of board photo '${photo}': it was made from another split.`);
    }
    values.set(model.values.subarray(place * width, (place + 1) * width), row * width);
  });
  return values;
}

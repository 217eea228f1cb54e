/** One epoch as it went, counted from 0. NaN where a figure has no meaning: without validation photos there is no mAP. */
export interface EpochRecord {
  readonly epoch: number;
  readonly lr: number;
  /** Mean cross-entropy of the training's batches. */
  readonly loss: number;
  /** Of the fold's own photos, without augmentation. */
  readonly validation: EpochFigures;
}

export interface EpochFigures {
  readonly loss: number;
  readonly mAP: number;
  readonly accuracy: number;
}

/** The better of two epochs: by mAP, then, since a few photos often give the same mAP, by the validation's loss. */
function isBetter(figures: EpochFigures, than: EpochFigures | undefined): boolean {
  if (!than || Number.isNaN(than.mAP)) return true;
  return figures.mAP > than.mAP || (figures.mAP === than.mAP && figures.loss < than.loss);
}

/** The epoch whose weights are kept: the best of those from `saveFrom` on; before any of these there is none. */
export function bestOf(epochs: readonly EpochRecord[], saveFrom: number): EpochRecord | undefined {
  let best: EpochRecord | undefined;
  for (const record of epochs)
    if (record.epoch >= saveFrom && isBetter(record.validation, best?.validation)) best = record;
  return best;
}

/** Whether `patience` epochs have gone by since the last one with a better mAP than all before it. */
export function hasStopped(epochs: readonly EpochRecord[], patience: number): boolean {
  let highest = Number.NEGATIVE_INFINITY;
  let last = -1;
  for (const { epoch, validation } of epochs) {
    if (Number.isNaN(validation.mAP)) return false;
    if (validation.mAP > highest) {
      highest = validation.mAP;
      last = epoch;
    }
  }
  return epochs.length > 0 && epochs.length - 1 - last >= patience;
}

/** The history as the stage writes it; JSON has no NaN and says null. */
export function historyJson(epochs: readonly EpochRecord[], saveFrom: number, settings: object): string {
  const best = bestOf(epochs, saveFrom);
  const summary = best ? { epoch: best.epoch, ...best.validation } : null;
  return `${JSON.stringify({ ...settings, best: summary, epochs }, null, 2)}\n`;
}

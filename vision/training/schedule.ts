/** Cosine annealing with warm restarts (SGDR: Loshchilov and Hutter, arXiv:1608.03983), a step an epoch. */
export interface Restarts {
  /** Epochs of the first period, at least 1. */
  readonly first: number;
  /** How many times longer each period is than the one before it, a whole number from 1. */
  readonly factor: number;
}

/** The contest's restarts. */
export const contestRestarts: Restarts = { first: 10, factor: 2 };

/**
 * The learning rate of an epoch, counted from 0: `lr` at every restart, falling towards 0.
 * It does not know how many epochs there will be: that is why more epochs can go on from a checkpoint.
 */
export function learningRate(lr: number, epoch: number, restarts: Restarts = contestRestarts): number {
  let period = restarts.first;
  let past = epoch;
  while (past >= period) {
    past -= period;
    period *= restarts.factor;
  }
  return (lr * (1 + Math.cos((Math.PI * past) / period))) / 2;
}

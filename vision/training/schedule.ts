/** Cosine annealing with warm restarts (SGDR: Loshchilov and Hutter, arXiv:1608.03983), a step an epoch. */
export interface Restarts {
  /** Epochs of the first period, at least 1. */
  readonly first: number;
  /** How many times longer each period is than the one before it, a whole number from 1. */
  readonly factor: number;
}

/** The contest's restarts. */
const contestRestarts: Restarts = { first: 10, factor: 2 };

export interface Schedule {
  /** The highest rate. */
  readonly lr: number;
  readonly restarts?: Restarts;
  /** Epochs of the beginning in which the rate rises by equal steps; they are no part of the first period's shape. */
  readonly warmUp?: number;
}

/**
 * The learning rate of an epoch, counted from 0: `lr` at every restart, falling towards 0.
 * It does not know how many epochs there will be: that is why more epochs can go on from a checkpoint.
 */
export function learningRate({ lr, restarts = contestRestarts, warmUp = 0 }: Schedule, epoch: number): number {
  if (epoch < warmUp) return (lr * (epoch + 1)) / (warmUp + 1);
  let period = restarts.first;
  let past = epoch - warmUp;
  while (past >= period) {
    past -= period;
    period *= restarts.factor;
  }
  return (lr * (1 + Math.cos((Math.PI * past) / period))) / 2;
}

/** Progressive sizes: the first epochs learn from smaller squares, which cost less (Tan and Le, arXiv:2104.00298). */
export interface Growth {
  /** Side of the first epoch's squares, in pixels. */
  readonly from: number;
  /** So many epochs are smaller than the rest. */
  readonly epochs: number;
}

/** The side of an epoch's squares: it grows in equal steps, cut to multiples of 8, and is `size` behind them. */
export function sideOf(size: number, growth: Growth | undefined, epoch: number): number {
  if (!growth || epoch >= growth.epochs) return size;
  return Math.floor((growth.from + ((size - growth.from) * epoch) / growth.epochs) / 8) * 8;
}

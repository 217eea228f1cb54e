/**
 * Ranger: rectified Adam (Liu et al., arXiv:1908.03265) under Lookahead (Zhang et al., arXiv:1907.08610) with
 * centralised gradients (Yong et al., arXiv:2004.01461), as the contest's optimiser computes it.
 *
 * It works on plain arrays, one pass over a parameter: the same sums on every backend, a state that a checkpoint can
 * hold as it is, and no queue of fifteen small kernels for each of some hundred tensors.
 */
export interface RangerSettings {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  /** Lookahead: after so many steps the slow weights move the share `alpha` of the way. */
  readonly every: number;
  readonly alpha: number;
  /** Each value of a gradient is clamped to ± this. */
  readonly clamp: number;
  /** RAdam rectifies where the length of the approximated moving average is above this. */
  readonly rectifiedAbove: number;
}

export const contestRanger: RangerSettings = {
  betas: [0.95, 0.999],
  epsilon: 1e-5,
  every: 6,
  alpha: 0.5,
  clamp: 1,
  rectifiedAbove: 5,
};

/** What is kept of one parameter between steps; the three arrays are as long as the parameter. */
export interface RangerMoments {
  readonly average: Float32Array;
  readonly square: Float32Array;
  readonly slow: Float32Array;
}

/** One parameter's step; `values`, `gradient` and `moments` are changed in place. */
export interface RangerStep {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  readonly moments: RangerMoments;
  /** Counted from 1. */
  readonly step: number;
  readonly lr: number;
  /**
   * How many output units the parameter has, where the unit is the fastest running axis (TensorFlow's kernels: the
   * last axis; a depthwise kernel: the third, before its multiplier of 1). 0 for a vector: it is not centralised.
   */
  readonly units: number;
  readonly settings?: RangerSettings;
}

/** The state before the first step: the slow weights are a copy of the parameter. */
export function startMoments(values: Float32Array): RangerMoments {
  return {
    average: new Float32Array(values.length),
    square: new Float32Array(values.length),
    slow: Float32Array.from(values),
  };
}

function clampValues(gradient: Float32Array, limit: number): void {
  for (let i = 0; i < gradient.length; i++) {
    const value = gradient[i] as number;
    if (value > limit) gradient[i] = limit;
    else if (value < -limit) gradient[i] = -limit;
  }
}

/** Takes from each output unit's gradient its mean. */
export function centraliseGradient(gradient: Float32Array, units: number): void {
  const means = new Float64Array(units);
  for (let start = 0; start < gradient.length; start += units)
    for (let unit = 0; unit < units; unit++) means[unit] = (means[unit] as number) + (gradient[start + unit] as number);
  for (let unit = 0; unit < units; unit++) means[unit] = ((means[unit] as number) * units) / gradient.length;
  for (let start = 0; start < gradient.length; start += units)
    for (let unit = 0; unit < units; unit++)
      gradient[start + unit] = (gradient[start + unit] as number) - (means[unit] as number);
}

/** RAdam's factor on the learning rate, and whether the step is divided by the root of the squares. */
export function rectify(step: number, settings: RangerSettings): { readonly size: number; readonly adaptive: boolean } {
  const [beta1, beta2] = settings.betas;
  const decayed = beta2 ** step;
  const longest = 2 / (1 - beta2) - 1;
  const length = longest - (2 * step * decayed) / (1 - decayed);
  const warm = 1 / (1 - beta1 ** step);
  if (length <= settings.rectifiedAbove) return { size: warm, adaptive: false };
  const rectified = ((1 - decayed) * (length - 4) * (length - 2) * longest) / ((longest - 4) * length * (longest - 2));
  return { size: warm * Math.sqrt(rectified), adaptive: true };
}

/** Clamps and centralises the gradient, then moves the parameter one step. */
export function stepRanger(request: RangerStep): void {
  const { values, gradient, moments, step, lr, units } = request;
  const settings = request.settings ?? contestRanger;
  const [beta1, beta2] = settings.betas;
  clampValues(gradient, settings.clamp);
  if (units > 0) centraliseGradient(gradient, units);
  const { average, square, slow } = moments;
  const { size, adaptive } = rectify(step, settings);
  const pace = size * lr;
  for (let i = 0; i < values.length; i++) {
    const slope = gradient[i] as number;
    const mean = beta1 * (average[i] as number) + (1 - beta1) * slope;
    const spread = beta2 * (square[i] as number) + (1 - beta2) * slope * slope;
    average[i] = mean;
    square[i] = spread;
    values[i] =
      (values[i] as number) - (adaptive ? (pace * mean) / (Math.sqrt(spread) + settings.epsilon) : pace * mean);
  }
  if (step % settings.every !== 0) return;
  for (let i = 0; i < values.length; i++) {
    slow[i] = (slow[i] as number) + settings.alpha * ((values[i] as number) - (slow[i] as number));
    values[i] = slow[i] as number;
  }
}

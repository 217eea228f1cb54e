import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';

/** Mean over the batch of the cross-entropy (natural logarithm) between `targets` and softmax(`logits`), [batch, classes]. */
export function softCrossEntropy(tf: Tensorflow, targets: Tensor2D, logits: Tensor2D): Scalar {
  return tf.tidy(() => {
    const logarithms = tf.logSoftmax(logits);
    return tf.neg(tf.mean(tf.sum(tf.mul(targets, logarithms), 1)));
  });
}

/** The same of plain arrays, row by row with `classes` values each; for what is judged outside of TensorFlow. */
export function meanCrossEntropy(targets: Float64Array, logits: Float64Array, classes: number): number {
  let total = 0;
  for (let start = 0; start < logits.length; start += classes) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < classes; i++) highest = Math.max(highest, logits[start + i] as number);
    let sum = 0;
    for (let i = 0; i < classes; i++) sum += Math.exp((logits[start + i] as number) - highest);
    const whole = highest + Math.log(sum);
    for (let i = 0; i < classes; i++) total += (targets[start + i] as number) * (whole - (logits[start + i] as number));
  }
  return (total * classes) / logits.length;
}

import type { Tensorflow } from '../load.ts';
import { composeKernels } from './composed.ts';
import type { Kernels } from './kernels.ts';
import { nativeKernels } from './native.ts';

/** The kernels of the backend that is in use. */
export function createKernels(tensorflow: Tensorflow): Kernels {
  return tensorflow.getBackend() === 'tensorflow' ? nativeKernels(tensorflow) : composeKernels(tensorflow);
}

import type { Tensorflow } from '../load.ts';
import { backendOf } from './backend.ts';
import { composeKernels } from './composed.ts';
import { fusedKernels } from './fused.ts';
import type { Kernels } from './kernels.ts';
import { hasKernels } from './library.ts';
import { nativeKernels } from './native.ts';

/** The kernels of the backend that is in use. */
export function createKernels(tensorflow: Tensorflow): Kernels {
  if (tensorflow.getBackend() !== 'tensorflow') return composeKernels(tensorflow);
  const { isUsingGpuDevice } = backendOf(tensorflow);
  return isUsingGpuDevice || !hasKernels() ? nativeKernels(tensorflow) : fusedKernels(tensorflow);
}

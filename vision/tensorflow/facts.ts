/**
 * What TensorFlow brings into a stage's key.
 */
import { buildFolder, failureOf, receiptOf } from './cache.ts';
import { type Backend, chooseTensorflow } from './choice.ts';
import { hasKernels, kernelName, kernelPath } from './kernels/library.ts';
import { bindingVersion, libraryVersion } from './versions.ts';

export interface TensorflowFacts {
  readonly facts: Readonly<Record<string, string | number>>;
  /** Absolute paths, some of which may not exist; the facts hold while none of them changes, comes or goes. */
  readonly files: readonly string[];
}

/** Cheap: looks at a few files and never imports TensorFlow. The facts also depend on the variables named in `tensorflowVariables`. */
export function tensorflowFacts({ threads }: { readonly threads: number }): TensorflowFacts {
  const { backend } = chooseTensorflow();
  return {
    facts: {
      tensorflow: describe(backend),
      tfjs: bindingVersion,
      ...(backend === 'native-cpu' && hasKernels() && { kernels: kernelName() }),
      ...countThreads(backend, threads),
    },
    files: [
      ...(['cpu', 'gpu'] as const).flatMap((device) => [receiptOf(buildFolder(device)), failureOf(device)]),
      kernelPath(),
      '/proc/driver/nvidia/version',
    ],
  };
}

/** The environment variables that change which TensorFlow is used. */
export const tensorflowVariables: readonly string[] = ['FLOW_TENSORFLOW', 'FLOW_CACHE_DIR', 'XDG_CACHE_HOME'];

function describe(backend: Backend): string {
  return backend === 'wasm' ? 'wasm' : `${libraryVersion} ${backend}`;
}

/** wasm computes on one thread under Node, so its results know no count. */
function countThreads(backend: Backend, threads: number): Readonly<Record<string, number>> {
  return backend === 'wasm' ? {} : { threads };
}

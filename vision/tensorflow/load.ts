/**
 * The import of TensorFlow, once a process.
 */
import util from 'node:util';
import { type Choice, chooseTensorflow } from './choice.ts';
import { hasKernels, kernelPath } from './kernels/library.ts';
import { linkBinding } from './link.ts';

export type Tensorflow = typeof import('@tensorflow/tfjs');

export interface LoadRequest {
  /** How many threads one kernel may use; absent: as many as the process has cores. Fixed by the first load of a process. */
  readonly threads?: number;
}

let loaded: { readonly threads: number | undefined; readonly tensorflow: Promise<Tensorflow> } | undefined;

/**
 * Gives tfjs with the backend that `tensorflowFacts` named. Costs about 0.3 s and 370 MB the first time.
 * Call `prepareTensorflow` before, and only in a process's main thread: a worker thread's environment is a copy that
 * the library does not see.
 */
export function loadTensorflow(request: LoadRequest = {}): Promise<Tensorflow> {
  if (loaded === undefined) {
    const choice = chooseTensorflow();
    loaded = {
      threads: request.threads,
      tensorflow: choice.device === undefined ? importWasm() : importNative(choice, request),
    };
  } else if (request.threads !== undefined && loaded.threads !== request.threads) {
    const count = loaded.threads ?? 'the default number of';
    throw new Error(
      `TensorFlow was loaded with ${count} threads and cannot be given ${request.threads} now: use a process of its own.`,
    );
  }
  return loaded.tensorflow;
}

async function importNative({ device }: Choice, { threads }: LoadRequest): Promise<Tensorflow> {
  if (device === undefined) throw new Error('A native backend has a device.');
  linkBinding(device);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  // Node 23 removed what tfjs 4.22 still calls.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  const tensorflow = exportsOf(await import('@tensorflow/tfjs-node-gpu'));
  await tensorflow.ready();
  if (device === 'cpu' && hasKernels()) process.dlopen({ exports: {} }, kernelPath());
  return tensorflow;
}

async function importWasm(): Promise<Tensorflow> {
  const tensorflow = exportsOf(await import('@tensorflow/tfjs'));
  await import('@tensorflow/tfjs-backend-wasm');
  await tensorflow.setBackend('wasm');
  await tensorflow.ready();
  return tensorflow;
}

/** Node gives a CommonJS module's exports as `default`, tsx as the namespace itself. */
function exportsOf(module: Tensorflow | { readonly default: Tensorflow }): Tensorflow {
  return 'default' in module && module.default !== undefined ? module.default : (module as Tensorflow);
}

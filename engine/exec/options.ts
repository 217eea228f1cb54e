import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What the composition root tells the room about its surroundings. */
export interface ExecutorRequest {
  /** The project's folder, absolute: the working folder of commands and workers. */
  readonly root: string;
  /** The run's name, by which its children are marked. */
  readonly run: string;
  /**
   * Absolute path of a worker's entry: a `.ts` file is run through tsx, which is there in development only, any other by
   * node alone. Where it is not given: worker.ts beside this file, or worker.mjs beside the command line's bundle.
   */
  readonly workerEntry?: string;
  /** Workers kept at most, the machine's cores where it is not given; more are started only where more jobs are run. */
  readonly poolSize?: number;
  /** What children inherit, the engine's own environment where it is not given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Seconds between asking a job to stop and killing it; five where it is not given. */
  readonly graceSeconds?: number;
}

export interface ExecutorOptions extends Required<Omit<ExecutorRequest, 'environment'>> {
  readonly environment: Readonly<Record<string, string>>;
}

export function completeOptions(request: ExecutorRequest): ExecutorOptions {
  const variables = Object.entries(request.environment ?? process.env);
  return {
    // The bundler knows a worker by exactly this form and puts the address of its bundle in its place.
    workerEntry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    poolSize: availableParallelism(),
    // A module that saves a checkpoint when its signal fires should get to the end of it.
    graceSeconds: 5,
    ...request,
    environment: Object.fromEntries(variables.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}

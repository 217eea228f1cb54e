/** A stage that runs once a task, inside a worker. */
import { mkdirSync } from 'node:fs';
import type { AnyStageModule } from '../stage.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { seededRandom } from './random.ts';
import { createContext, createProgress } from './worker-context.ts';

export interface StageWork {
  readonly stage: AnyStageModule;
  readonly signal: AbortSignal;
  readonly send: (message: FromWorker) => void;
}

export async function runStage(message: ToWorker & { kind: 'stage' }, work: StageWork): Promise<void> {
  const { stage, signal, send } = work;
  if (stage.kind !== 'stage') throw new Error('The stage is one of items and needs `each:` in the pipeline.');
  const progress = createProgress(send);
  await stage.run({
    ...createContext({ order: message.order, signal, progress: progress.report }),
    outputs: message.outputs,
    // Made at the first look: of a thousand small stages none asks for its own, and a folder costs more than a file.
    get checkpoint() {
      mkdirSync(message.checkpoint, { recursive: true });
      return message.checkpoint;
    },
    random: seededRandom(message.seed),
  });
  progress.flush();
}

/** How a variant that was computed comes back into pipeline.yaml. */
import type { Change, Decision } from './decision.ts';
import type { Json, RunId, StageName, TaskName } from './names.ts';
import type { Try } from './provenance.ts';

export interface RestoreRequest {
  /** The first digits of its key, as `flow tries` shows them. */
  readonly name: string;
  /** Tells only what would be written. */
  readonly dryRun: boolean;
  /** Told all of it, and asked, before anything is written; without it a try of which more than parameters differs is refused. */
  readonly confirm?: (answer: RestoreAnswer) => Promise<boolean>;
}

export interface RestoreAnswer {
  readonly try: Pick<Try, 'name' | 'key' | 'task' | 'at'> & { readonly run: RunId };
  /** Of the pipeline, as the user named it. */
  readonly file: string;
  /** `vars.recipe.lr`: what pipeline.yaml says there now, and what it says afterwards; absent where it says nothing. */
  readonly edits: readonly { readonly path: string; readonly before?: Json; readonly after?: Json }[];
  /** Whole lines of the file: those that go and those that come, from a line of the text as it is now, counted from 1. */
  readonly lines: readonly {
    readonly from: number;
    readonly removed: readonly string[];
    readonly added: readonly string[];
  }[];
  /** Parameters of other stages that change with it, since they come from the same places. */
  readonly besides: readonly { readonly stage: StageName; readonly changes: readonly Change[] }[];
  /** What else is not as it was, so that a run would make these tasks again. */
  readonly differences: readonly { readonly task: TaskName; readonly changes: readonly Change[] }[];
  /** What the next run decides on the try's task. */
  readonly decision: Decision['kind'];
  readonly isWritten: boolean;
}

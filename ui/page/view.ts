import type { StructureAnswer } from '../../engine/model/inspection.ts';
import type { Live } from './live.ts';
import type { States } from './states.ts';

export type Structure = StructureAnswer & { readonly project: string };

/** What every view is given. */
export interface ViewProps {
  /** What the address names behind the view: a task, an artifact, a run. */
  readonly what: string;
  readonly structure: Structure;
  readonly states: States | undefined;
  readonly live: Live;
}

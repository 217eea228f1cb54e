import type { Structure } from '../server/routes/structure.ts';
import type { Live } from './live.ts';
import type { States } from './states.ts';

export type { Structure };

/** What every view is given. */
export interface ViewProps {
  /** What the address names behind the view: a task, an artifact, a run. */
  readonly what: string;
  readonly structure: Structure;
  readonly states: States | undefined;
  readonly live: Live;
}

import type { ActionKey, Json, TaskName } from './names.ts';
import type { ActionRecord } from './record.ts';

/** One differing leaf between two key materials, or a reason beside them. The unit in which `why` speaks. */
export type Change =
  | {
      readonly kind: 'changed';
      readonly path: string;
      readonly before: Json | undefined;
      readonly after: Json | undefined;
    }
  | { readonly kind: 'first-run' }
  | { readonly kind: 'forced' }
  | { readonly kind: 'output-missing'; readonly out: string }
  | { readonly kind: 'output-damaged'; readonly out: string }
  | { readonly kind: 'accepted'; readonly because: string };

export interface ItemCounts {
  readonly total: number;
  readonly toMake: number;
}

export type Decision =
  /** Its view is in place. */
  | { readonly kind: 'reuse'; readonly key: ActionKey; readonly record: ActionRecord }
  /** Known; its files are not in place. */
  | { readonly kind: 'restore'; readonly key: ActionKey; readonly record: ActionRecord }
  | { readonly kind: 'run'; readonly key: ActionKey; readonly because: readonly Change[]; readonly items?: ItemCounts }
  /** Upstream digests are not known yet. */
  | { readonly kind: 'wait'; readonly on: readonly TaskName[] }
  /** Upstream failed. */
  | { readonly kind: 'blocked'; readonly by: readonly TaskName[] };

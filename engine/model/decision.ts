import type { Failure } from './failure.ts';
import type { ActionKey, Json, TaskName } from './names.ts';
import type { ActionRecord } from './record.ts';

/** How the files of a folder differ; items go by their ids. Each list is in byte order. */
export interface FileChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Equal contents under another name. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
}

/** Declarations at the top of one source file whose text changed, comments and formatting aside. */
export interface CodeChange {
  readonly file: string;
  readonly declarations: readonly { readonly name: string; readonly change: 'added' | 'changed' | 'removed' }[];
}

/** What stands behind a differing leaf that is only a digest. */
export interface ChangeDetail {
  readonly files?: FileChanges;
  readonly code?: readonly CodeChange[];
  /** The task that made the input, and how its own key material differs. */
  readonly upstream?: { readonly task: TaskName; readonly changes: readonly Change[] };
}

/** One differing leaf between two key materials, or a reason beside them. The unit in which `why` speaks. */
export type Change =
  | {
      readonly kind: 'changed';
      readonly path: string;
      readonly before: Json | undefined;
      readonly after: Json | undefined;
      readonly detail?: ChangeDetail;
    }
  | { readonly kind: 'first-run' }
  | { readonly kind: 'forced' }
  /** `dropped`: by `flow gc`, so that a person let it go. */
  | { readonly kind: 'output-missing'; readonly out: string; readonly dropped?: true }
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
  /** Its last result is used by a person's choice; what its key would be was not asked. */
  | { readonly kind: 'keep'; readonly key: ActionKey; readonly record: ActionRecord }
  /** Upstream digests are not known yet. */
  | { readonly kind: 'wait'; readonly on: readonly TaskName[] }
  /** What a run would fail with is known before it. */
  | { readonly kind: 'fail'; readonly failure: Failure };

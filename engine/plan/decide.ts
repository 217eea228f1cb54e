import type { OutputRecord, PathState } from '../model/artifact.ts';
import type { Change, Decision } from '../model/decision.ts';
import type { ActionKey } from '../model/names.ts';
import type { ViewEntry } from '../model/ports.ts';
import type { ActionRecord, KeyMaterial } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import { explain } from './explain.ts';

export type LostOutput = Extract<Change, { kind: 'output-missing' }>;

/** Everything one decision rests on. */
export interface Evidence {
  readonly task: TaskNode;
  readonly key: ActionKey;
  readonly material: KeyMaterial;
  readonly forced: boolean;
  /** What artifacts/ shows of the task. */
  readonly shown: ViewEntry | undefined;
  /** What lies at the place of an output now. */
  readonly place: (view: string) => PathState;
  /** What the store knows under the key; asked only where the view does not answer. */
  readonly find: () => Promise<ActionRecord | undefined>;
  /** The first output of a record whose object the store no longer holds; undefined where it holds them all. */
  readonly lost: (record: ActionRecord) => Promise<LostOutput | undefined>;
  /** Material of the task's last record, for the reasons; asked only where the task will run. */
  readonly lastMaterial: () => Promise<KeyMaterial | undefined>;
}

/** The one decision that `plan`, `run` and `why` share. */
export async function decide(evidence: Evidence): Promise<Decision> {
  const { task, key, shown, forced } = evidence;
  if (!forced) {
    // What was shown by choice is put in place once more as what it is.
    const isIntact = shown?.key === key && !shown.kept && isInPlace(task, shown.record, evidence.place);
    const record = isIntact ? shown.record : await evidence.find();
    if (record) {
      // Of what is shown only a list of items is needed beside the files themselves: it alone tells the items' ids.
      const lost = await evidence.lost(isIntact ? listsOf(record) : record);
      if (lost === undefined) return { kind: isIntact ? 'reuse' : 'restore', key, record };
      return { kind: 'run', key, because: [lost] };
    }
  }
  return { kind: 'run', key, because: await reasons(evidence) };
}

async function reasons(evidence: Evidence): Promise<Change[]> {
  const changes = explain(await evidence.lastMaterial(), evidence.material);
  return evidence.forced ? [{ kind: 'forced' }, ...changes.filter((change) => change.kind === 'changed')] : changes;
}

function listsOf(record: ActionRecord): ActionRecord {
  const lists = Object.entries(record.outputs).filter(([, output]) => output?.kind === 'items');
  return { ...record, outputs: Object.fromEntries(lists) };
}

/** Whether every output of the record lies where its view belongs, byte for byte. */
export function isInPlace(task: TaskNode, record: ActionRecord, place: (view: string) => PathState): boolean {
  return task.outs.every((out) => isShown(record.outputs[out.name] ?? null, place(out.view)));
}

/** Whether a place holds what an output shall show there. */
export function isShown(output: OutputRecord | null, state: PathState): boolean {
  if (output === null) return state.kind === 'missing';
  if (output.kind === 'file') return state.kind === 'file' && state.digest === output.digest;
  // An item stage of which every item was skipped has no folder.
  if (state.kind === 'missing') return output.count === 0;
  return state.kind === 'folder' && state.digest === (output.tree ?? output.digest);
}

import { keyOf } from '../hash/key.ts';
import type { Decision } from '../model/decision.ts';
import type { Failure } from '../model/event.ts';
import type { TaskName } from '../model/names.ts';
import type { Store, ViewEntry } from '../model/ports.ts';
import type { ActionRecord, KeyMaterial } from '../model/record.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import { decide, type LostOutput } from './decide.ts';
import { type ResolvedInputs, resolveInputs } from './inputs.ts';
import { type KeptResults, refuseKept } from './keep.ts';
import { keyMaterial } from './material.ts';
import { type Survey, viewQuery } from './survey.ts';

/** A decision with what it was made from, or why none could be made. */
export type Assessment =
  | { readonly kind: 'wait'; readonly on: readonly TaskName[] }
  /** Its last result is used by a person's choice. */
  | { readonly kind: 'kept'; readonly record: ActionRecord }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'decided';
      readonly decision: Exclude<Decision, { kind: 'keep' | 'wait' | 'fail' }>;
      readonly material: KeyMaterial;
      readonly resolved: ResolvedInputs;
    };

export interface Situation {
  readonly graph: TaskGraph;
  readonly survey: Survey;
  readonly view: ReadonlyMap<TaskName, ViewEntry>;
  readonly store: Pick<
    Store,
    'find' | 'materials' | 'history' | 'readText' | 'readManifest' | 'missing' | 'wasDropped'
  >;
  /** Of tasks whose outputs are known. */
  readonly record: (task: TaskName) => ActionRecord | undefined;
  readonly isForced: (task: TaskNode) => boolean;
  readonly kept: KeptResults;
}

/** Resolves a task's inputs, makes its key and decides. */
export async function assess(task: TaskNode, situation: Situation): Promise<Assessment> {
  const { graph, survey, view, store, kept } = situation;
  const last = kept.get(task.name);
  if (last)
    return 'record' in last ? { kind: 'kept', record: last.record } : { kind: 'failed', failure: refuseKept(last) };
  const facts = survey.facts.get(task.name);
  if (facts === undefined) throw new Error(`${task.name} was not surveyed`);
  const resolved = await resolveInputs(task, {
    graph,
    record: situation.record,
    isKept: (name) => kept.has(name),
    state: survey.state,
    readText: store.readText,
    readSource: survey.readSource,
  });
  if (resolved.kind !== 'resolved') return resolved;
  const material = keyMaterial(task, facts, resolved);
  const key = keyOf(material);
  const decision = await decide({
    task,
    key,
    material,
    forced: situation.isForced(task),
    shown: view.get(task.name),
    place: (shown) => survey.state(viewQuery(shown)),
    find: async () => (await store.find([key])).get(key),
    lost: (record) => lostOutput(record, store),
    lastMaterial: () => lastMaterial(task.name, view.get(task.name), store),
  });
  if (decision.kind !== 'reuse' && decision.kind !== 'restore' && decision.kind !== 'run') {
    throw new Error(`decide() does not ${decision.kind}`);
  }
  const failure = 'record' in decision ? refuseUndeclared(task, decision.record) : undefined;
  return failure ? { kind: 'failed', failure } : { kind: 'decided', decision, material, resolved };
}

/** What is known to rest on more than its key says is no result of a stage that is strict by now. */
export function refuseUndeclared(task: TaskNode, { undeclared, run }: ActionRecord): Failure | undefined {
  if (!task.stage.strict || undeclared === undefined || undeclared.count === 0) return undefined;
  return { kind: 'undeclared', ...undeclared, run };
}

/**
 * The first output whose file, or whose list of files, is not in the store: damaged and put out, or dropped to make room.
 * Lists of items are read, since they alone tell the items' ids; other contents are compared when they are put in place.
 */
export async function lostOutput(
  { outputs, startedAt }: ActionRecord,
  store: Pick<Store, 'missing' | 'readManifest' | 'wasDropped'>,
): Promise<LostOutput | undefined> {
  const made = Object.entries(outputs).flatMap(([name, output]) => (output === null ? [] : [{ name, ...output }]));
  if (made.length === 0) return undefined;
  // The bytes of a folder are those of its files, and say nothing of the list that is looked for.
  const asked = made.map(({ kind, digest, bytes }) => (kind === 'file' ? { digest, bytes } : { digest }));
  const missing = new Set(await store.missing(asked));
  for (const { name, kind, digest } of made) {
    const isLost = missing.has(digest) || (kind === 'items' && (await store.readManifest(digest)) === undefined);
    if (!isLost) continue;
    const isDropped = await store.wasDropped(digest, startedAt);
    return { kind: 'output-missing', out: name, ...(isDropped ? { dropped: true } : {}) };
  }
  return undefined;
}

/** Of what artifacts/ shows, else of the task's newest record. */
export async function lastMaterial(
  task: TaskName,
  shown: ViewEntry | undefined,
  store: Pick<Store, 'materials' | 'history'>,
): Promise<KeyMaterial | undefined> {
  const key = shown?.key ?? (await store.history(task, 1))[0]?.key;
  return key === undefined ? undefined : (await store.materials([key])).get(key);
}

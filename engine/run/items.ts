import { countEntries, extendManifest, manifestOf, totalBytes, treeOf } from '../hash/manifest.ts';
import { type ManifestEntry, OutputError, type OutputRecord } from '../model/artifact.ts';
import type { Failure } from '../model/event.ts';
import type { ItemOutcome, JobItem } from '../model/job.ts';
import type { ActionKey, Digest } from '../model/names.ts';
import type { Store, TakenOutput } from '../model/ports.ts';
import type { Acceptance, ActionRecord, ItemRecord, ItemTotals, SkippedItem } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import { type ListedItem, listItems } from '../plan/listing.ts';
import { itemKeys, itemSeeds } from '../plan/material.ts';
import { compareItems, nothingStands, type StandingItems } from '../plan/standing-items.ts';
import { listCommandInputs, placeItem, writeCommand } from './command.ts';
import { checkPlaces, meetsOthers, type PlannedPlaces } from './item-places.ts';
import { type Assignment, absolute, type Workshop } from './job.ts';

/** An item with its key, its outputs' places, and what is known of it. */
export interface PlannedItem extends PlannedPlaces {
  readonly item: ListedItem;
  readonly key: ActionKey;
  record: ItemRecord | undefined;
}

export type PlannedItems = ItemPlan & { readonly kind: 'planned' };

export type ItemPlan =
  /** What stands is no longer looked at item by item. */
  | { readonly kind: 'planned'; readonly items: readonly PlannedItem[]; readonly standing: StandingItems }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ItemPlanRequest {
  readonly assignment: Assignment;
  /** Objects that count as lost. */
  readonly distrusted: ReadonlySet<Digest>;
  /** The task's last result, where its items may be taken from it without a look at their records. */
  readonly last?: ActionRecord | undefined;
}

/** Lists a task's items, as far as the last result does not tell of them, and looks up which are known. */
export async function planItems(
  { assignment, distrusted, last }: ItemPlanRequest,
  workshop: Workshop,
): Promise<ItemPlan> {
  const { task, resolved } = assignment;
  const compared = last && (await compareItems({ ...assignment, last }, workshop));
  const standing = await compared?.standing();
  if (compared && standing) {
    const items = describeAll(assignment, compared.open);
    const meets = items.length > 0 && meetsOthers(task, items, standing.lists);
    const silent = items.length > 0 ? describeAll(assignment, compared.silent(standing)) : [];
    const isSound = !meets && checkPlaces(task, [...items, ...silent]) === undefined;
    // Whatever is wrong is found out, and said, with all items at hand.
    if (isSound && (standing.reused > 0 || standing.skips.length > 0)) {
      await findRecords(items, distrusted, workshop.store);
      return { kind: 'planned', items, standing };
    }
  }
  const listing = await listItems(resolved.each, task.each?.list === true, workshop);
  if (listing.kind === 'failed') return listing;
  const items = describeAll(assignment, listing.items);
  const failure = checkPlaces(task, items);
  if (failure) return { kind: 'failed', failure };
  await findRecords(items, distrusted, workshop.store);
  return { kind: 'planned', items, standing: nothingStands };
}

function describeAll({ task, material }: Assignment, items: readonly ListedItem[]): PlannedItem[] {
  const keyOf = itemKeys(task, material);
  return items.map((item) => ({
    item,
    key: keyOf(item.id, item.digest),
    places: Object.fromEntries(task.outs.map((out) => [out.name, placeItem(task, out.path, item)])),
    record: undefined,
  }));
}

async function findRecords(
  items: readonly PlannedItem[],
  distrusted: ReadonlySet<Digest>,
  store: Pick<Store, 'findItems'>,
): Promise<void> {
  const known = await store.findItems(items.map((planned) => planned.key));
  for (const planned of items) {
    const record = known.get(planned.key);
    const lost =
      record?.result.kind === 'made' && Object.values(record.result.outputs).some((o) => distrusted.has(o.digest));
    if (record && !lost) planned.record = record;
  }
}

/** Items whose files the store no longer holds are made again. Not asked at every run, since it costs a stat an item. */
export async function forgetLost(items: readonly PlannedItem[], store: Pick<Store, 'missing'>): Promise<void> {
  const outputsOf = ({ record }: PlannedItem) =>
    record?.result.kind === 'made' ? Object.values(record.result.outputs) : [];
  const missing = new Set(await store.missing(items.flatMap(outputsOf)));
  for (const planned of items) {
    if (outputsOf(planned).some(({ digest }) => missing.has(digest))) planned.record = undefined;
  }
}

/** What the executor is told of the items still to make; `folder` is the attempt's. */
export async function describeItems(
  planned: readonly PlannedItem[],
  { task, material, resolved }: Assignment,
  folder: string,
  workshop: Workshop,
): Promise<JobItem[]> {
  const seedFor = itemSeeds(material);
  const inputs = await listCommandInputs(task, resolved, workshop);
  return planned.map(({ item, places }) => {
    const outputs = Object.fromEntries(task.outs.map((out) => [out.name, `${folder}/${out.name}/${places[out.name]}`]));
    return {
      id: item.id,
      path: absolute(workshop.root, item.path),
      digest: item.digest,
      outputs,
      seed: seedFor(item.id),
      ...(task.action.kind === 'run' ? { command: writeCommand(task, { inputs, outputs, item }) } : {}),
    };
  });
}

/** Takes a finished item's outputs into the store and gives its record; a file that was not written is a failure. */
export async function keepItem(
  planned: PlannedItem,
  outcome: ItemOutcome,
  outputs: Readonly<Record<string, string>>,
  store: Pick<Store, 'take'>,
): Promise<ItemRecord | Failure> {
  const { key, item } = planned;
  if (outcome.kind === 'ignored')
    return { key, id: item.id, seconds: 0, result: { kind: 'ignored', type: outcome.type } };
  const { seconds } = outcome;
  if (outcome.kind === 'skipped')
    return { key, id: item.id, seconds, result: { kind: 'skipped', reason: outcome.reason } };
  const made: Record<string, { digest: Digest; bytes: number }> = {};
  for (const [name, path] of Object.entries(outputs)) {
    const taken = await takeOutput(store, `${name} of item ${item.id}`, path, 'file');
    if (taken && 'kind' in taken) return taken;
    if (taken === undefined) return { kind: 'output-missing', out: `${name} of item ${item.id}`, path };
    made[name] = { digest: taken.digest, bytes: taken.bytes };
  }
  return { key, id: item.id, seconds, result: { kind: 'made', outputs: made } };
}

/** What was written into the store, or a failure that says what is wrong with it. */
export async function takeOutput(
  store: Pick<Store, 'take'>,
  out: string,
  path: string,
  kind: 'file' | 'folder',
): Promise<TakenOutput | Failure | undefined> {
  try {
    return await store.take(path, kind);
  } catch (error) {
    if (error instanceof OutputError) return { kind: 'output-wrong', out, message: error.message };
    throw error;
  }
}

/** The outputs of the whole task: for each a folder whose manifest also holds the items' ids. */
export async function gatherItems(
  task: TaskNode,
  { items, standing }: PlannedItems,
  store: Pick<Store, 'putManifest'>,
): Promise<Record<string, OutputRecord>> {
  const outputs: Record<string, OutputRecord> = {};
  for (const out of task.outs) {
    const entries: ManifestEntry[] = [];
    for (const { item, places, record } of items) {
      const made = record?.result.kind === 'made' ? record.result.outputs[out.name] : undefined;
      if (made) entries.push({ path: places[out.name] ?? '', digest: made.digest, bytes: made.bytes, id: item.id });
    }
    const former = standing.lists[out.name];
    const manifest = former ? extendManifest(former, entries) : manifestOf(entries);
    const digest = await store.putManifest(manifest);
    const tree = treeOf(manifest).digest;
    outputs[out.name] = { kind: 'items', digest, tree, bytes: totalBytes(manifest), count: countEntries(manifest) };
  }
  return outputs;
}

export function countItems({ items, standing }: PlannedItems, made: ReadonlySet<ActionKey>): ItemTotals {
  const totals = { made: 0, reused: standing.reused, skipped: standing.skips.length, ignored: standing.ignored };
  for (const { key, record } of items) {
    if (record?.result.kind === 'skipped') totals.skipped += 1;
    else if (record?.result.kind === 'ignored') totals.ignored += 1;
    else if (made.has(key)) totals.made += 1;
    else totals.reused += 1;
  }
  return totals;
}

export function listSkips({ items, standing }: PlannedItems): readonly SkippedItem[] {
  const skips = items.flatMap(({ item, record }) =>
    record?.result.kind === 'skipped' ? [{ id: item.id, reason: record.result.reason }] : [],
  );
  return standing.sortSkips([...standing.skips, ...skips]);
}

/** What was said of items that were not made by this code. */
export function listAcceptances(items: readonly PlannedItem[]): Acceptance[] {
  const all = new Map<string, Acceptance>();
  for (const { record } of items) {
    for (const acceptance of record?.accepted ?? []) all.set(`${acceptance.at} ${acceptance.of}`, acceptance);
  }
  return [...all.values()];
}

/** A folder of which a stage takes no file at all is a mistake, such as photos of a type that it cannot read. */
export function nothingTaken({ task, code }: Assignment, { items, standing }: PlannedItems): Failure | undefined {
  if (standing !== nothingStands) return undefined;
  const types = new Set<string>();
  for (const { record } of items) {
    if (record?.result.kind !== 'ignored') return undefined;
    types.add(record.result.type);
  }
  if (items.length === 0) return undefined;
  const count = items.length === 1 ? 'the only file is' : `all ${items.length} files are`;
  const message = `stage '${task.stage.name}' takes ${code?.takes?.join(', ')}, but ${count} of another type: ${[...types].join(', ')}`;
  const hint = `give '${task.each?.variable}' a folder that holds some`;
  return { kind: 'diagnostics', diagnostics: [{ code: 'no-items', severity: 'error', message, hint }] };
}

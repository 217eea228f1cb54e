import { canonicalText } from '../hash/canonical.ts';
import { countEntries, entryOf, filesOf, selectRows } from '../hash/manifest.ts';
import { compareManifests } from '../hash/manifest-difference.ts';
import type { Manifest, ManifestEntry } from '../model/artifact.ts';
import type { Json } from '../model/names.ts';
import type { Store } from '../model/ports.ts';
import type { ActionRecord, KeyMaterial, SkippedItem } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import type { Piece, ResolvedInputs } from './inputs.ts';
import { type ListedItem, listEntries, readManifest, type Shelf } from './listing.ts';
import { sharedByItems } from './material.ts';

/** Of the last result, what stands: what came of items whose keys are what they were. */
export interface StandingItems {
  /** By output. */
  readonly lists: Readonly<Record<string, Manifest>>;
  readonly reused: number;
  readonly skips: readonly SkippedItem[];
  readonly ignored: number;
  /** In the order of the items. */
  readonly sortSkips: (skips: readonly SkippedItem[]) => readonly SkippedItem[];
}

export interface Comparison {
  readonly task: TaskNode;
  readonly material: KeyMaterial;
  readonly resolved: ResolvedInputs;
  readonly last: ActionRecord;
}

export interface ComparedItems {
  readonly total: number;
  /** New and changed ones. */
  readonly open: readonly ListedItem[];
  /** What stands; undefined where the lists of the last result are lost. */
  readonly standing: () => Promise<StandingItems | undefined>;
  /** Of what stands, items without an output: skipped and ignored ones. */
  readonly silent: (standing: StandingItems) => readonly ListedItem[];
}

/** Every item has to be looked up. */
export const nothingStands: StandingItems = {
  lists: {},
  reused: 0,
  skips: [],
  ignored: 0,
  sortSkips: (skips) => skips,
};

/**
 * Compares the items with those of the last result. An item's key is made of what all items share, its id and its
 * contents: where what is shared is what it was, lists of files alone tell whose key is another, so that one photo more
 * among a hundred thousand costs no look at the records of the others. Undefined where these lists do not tell it.
 */
export async function compareItems(
  { task, material, resolved, last }: Comparison,
  shelf: Shelf & { readonly store: Pick<Store, 'materials'> },
): Promise<ComparedItems | undefined> {
  const { store } = shelf;
  const [piece, ...others] = resolved.each;
  const traces = last.inputs.filter(({ input }) => input === task.each?.variable);
  const [trace] = traces;
  // Listed folders have their names before their items' ids; and what a person accepted is said item by item.
  if (!piece || piece.kind === 'file' || others.length > 0 || task.each?.list) return undefined;
  if (!trace || traces.length > 1 || last.accepted || !last.items) return undefined;
  const before = (await store.materials([last.key])).get(last.key);
  if (before === undefined || !isSameButItems(before, material, task.each?.variable ?? '')) return undefined;
  const [former, present] = [await store.readManifest(trace.digest), await readManifest(piece, shelf)];
  if (former === undefined) return undefined;
  const [old, now] = [filesOf(former), filesOf(present)];
  const { gone, come } = compareManifests(old, now);
  const differences = {
    now,
    gone: new Set(gone.map((row) => idOf(entryOf(old, row)))),
    come: come.map((row) => entryOf(now, row)),
  };
  return {
    total: countEntries(now),
    open: listEntries(piece, differences.come),
    standing: () => findStanding(last, differences, task, store),
    silent: (standing) => listSilent(piece, differences, standing),
  };
}

interface Differences {
  readonly now: Manifest;
  /** Ids of former items, and present ones, of which there is no like on the other side. */
  readonly gone: ReadonlySet<string>;
  readonly come: readonly ManifestEntry[];
}

async function findStanding(
  last: ActionRecord,
  { now, gone, come }: Differences,
  task: TaskNode,
  store: Pick<Store, 'readManifest'>,
): Promise<StandingItems | undefined> {
  const all = await readOutputs(last, store);
  if (all === undefined) return undefined;
  const stands = ({ id }: { readonly id?: string }) => !gone.has(id ?? '');
  const lists = gone.size === 0 ? all : mapValues(all, (list) => selectEntries(list, stands));
  const first = lists[task.outs[0]?.name ?? ''];
  const reused = first ? countEntries(first) : 0;
  const skips = (last.skips ?? []).filter(stands);
  const ignored = countEntries(now) - come.length - reused - skips.length;
  return { lists, reused, skips, ignored, sortSkips: (skipped) => inOrder(skipped, now) };
}

function selectEntries(list: Manifest, isWanted: (entry: ManifestEntry) => boolean): Manifest {
  return selectRows(list, (row) => isWanted(entryOf(list, row)));
}

function listSilent(piece: Piece, { now, come }: Differences, { lists, skips, ignored }: StandingItems): ListedItem[] {
  if (ignored + skips.length === 0) return [];
  const known = new Set([...come, ...Object.values(lists).flatMap(({ entries }) => entries)].map(idOf));
  return listEntries(
    piece,
    now.entries.filter((entry) => !known.has(idOf(entry))),
  );
}

/** A folder of an earlier list has its name in the material, since its items' ids began with it. */
function isSameButItems(before: KeyMaterial, now: KeyMaterial, variable: string): boolean {
  const shape = ({ in: inputs }: KeyMaterial) => {
    const { items } = (inputs[variable] ?? {}) as { items?: readonly { readonly name?: string }[] };
    return JSON.stringify(items?.map(({ name }) => name ?? null));
  };
  const shared = (material: KeyMaterial) => canonicalText(sharedByItems(material, variable) as unknown as Json);
  return shape(before) === shape(now) && shared(before) === shared(now);
}

async function readOutputs(
  { outputs }: ActionRecord,
  store: Pick<Store, 'readManifest'>,
): Promise<StandingItems['lists'] | undefined> {
  const lists: Record<string, Manifest> = {};
  for (const [name, output] of Object.entries(outputs)) {
    const list = output?.kind === 'items' ? await store.readManifest(output.digest) : undefined;
    if (list === undefined) return undefined;
    lists[name] = list;
  }
  return lists;
}

function idOf({ id, path }: ManifestEntry): string {
  return id ?? path;
}

function inOrder(skips: readonly SkippedItem[], now: Manifest): readonly SkippedItem[] {
  if (skips.length < 2) return skips;
  const rows = new Map(now.entries.map((entry, row) => [idOf(entry), row]));
  return [...skips].sort((a, b) => (rows.get(a.id) ?? 0) - (rows.get(b.id) ?? 0));
}

function mapValues<T, U>(object: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

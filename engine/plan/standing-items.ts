import { canonicalText } from '../hash/canonical.ts';
import { comparePaths } from '../hash/path-order.ts';
import type { ManifestEntry } from '../model/artifact.ts';
import type { Json } from '../model/names.ts';
import type { Store } from '../model/ports.ts';
import type { ActionRecord, KeyMaterial, SkippedItem } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import type { Piece, ResolvedInputs } from './inputs.ts';
import { type ListedItem, listEntries, readManifest, type Shelf } from './listing.ts';
import { sharedByItems } from './material.ts';

/** Of the last result, what stands: what came of items whose keys are what they were. */
export interface StandingItems {
  /** By output, in byte order of their paths. */
  readonly entries: Readonly<Record<string, readonly ManifestEntry[]>>;
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
  entries: {},
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
  const former = await store.readManifest(trace.digest);
  if (former === undefined) return undefined;
  const now = (await readManifest(piece, shelf)).entries.filter(isFile);
  const differences = differencesOf(former.entries.filter(isFile), now);
  return {
    total: now.length,
    open: listEntries(piece, differences.come),
    standing: () => findStanding(last, { now, ...differences }, task, store),
    silent: (standing) => listSilent(piece, { now, ...differences }, standing),
  };
}

interface Differences {
  readonly now: readonly ManifestEntry[];
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
  const entries = await readOutputs(last, store);
  if (entries === undefined) return undefined;
  const stands = ({ id }: { readonly id?: string }) => !gone.has(id ?? '');
  const kept = gone.size === 0 ? entries : mapValues(entries, (list) => list.filter(stands));
  const reused = kept[task.outs[0]?.name ?? '']?.length ?? 0;
  const skips = (last.skips ?? []).filter(stands);
  const ignored = now.length - come.length - reused - skips.length;
  return { entries: kept, reused, skips, ignored, sortSkips: (all) => inOrder(all, now) };
}

function listSilent(
  piece: Piece,
  { now, come }: Differences,
  { entries, skips, ignored }: StandingItems,
): ListedItem[] {
  if (ignored + skips.length === 0) return [];
  const known = new Set([...come, ...Object.values(entries).flat()].map(idOf));
  return listEntries(
    piece,
    now.filter((entry) => !known.has(idOf(entry))),
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
): Promise<StandingItems['entries'] | undefined> {
  const lists: Record<string, readonly ManifestEntry[]> = {};
  for (const [name, output] of Object.entries(outputs)) {
    const list = output?.kind === 'items' ? await store.readManifest(output.digest) : undefined;
    if (list === undefined) return undefined;
    lists[name] = list.entries;
  }
  return lists;
}

/** What a stage works on is told by an id and by contents; both lists are in byte order of their paths. */
function differencesOf(former: readonly ManifestEntry[], now: readonly ManifestEntry[]) {
  const gone = new Set<string>();
  const come: ManifestEntry[] = [];
  let row = 0;
  for (const entry of now) {
    let old = former[row];
    while (old !== undefined && old.path !== entry.path && comparePaths(old.path, entry.path) < 0) {
      gone.add(idOf(old));
      row += 1;
      old = former[row];
    }
    if (old?.path !== entry.path) {
      come.push(entry);
      continue;
    }
    row += 1;
    if (old.digest === entry.digest && old.id === entry.id) continue;
    gone.add(idOf(old));
    come.push(entry);
  }
  for (const old of former.slice(row)) gone.add(idOf(old));
  return { gone, come };
}

function isFile({ path }: ManifestEntry): boolean {
  return !path.endsWith('/');
}

function idOf({ id, path }: ManifestEntry): string {
  return id ?? path;
}

function inOrder(skips: readonly SkippedItem[], entries: readonly ManifestEntry[]): readonly SkippedItem[] {
  if (skips.length < 2) return skips;
  const rows = new Map(entries.map((entry, row) => [idOf(entry), row]));
  return [...skips].sort((a, b) => (rows.get(a.id) ?? 0) - (rows.get(b.id) ?? 0));
}

function mapValues<T, U>(object: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

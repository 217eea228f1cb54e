import type { Manifest } from '../model/artifact.ts';
import type { Change, ChangeDetail, FileChanges } from '../model/decision.ts';
import type { ActionKey, Digest } from '../model/names.ts';
import type { Store } from '../model/ports.ts';
import type { ActionRecord, InputTrace, KeyMaterial } from '../model/record.ts';
import type { Code } from '../model/stage-code.ts';
import { explain } from './explain.ts';

/** A key's material with the pieces that its inputs were read from. */
export interface Basis {
  readonly material: KeyMaterial;
  readonly inputs: readonly InputTrace[];
}

export interface Archive {
  readonly store: Pick<Store, 'find' | 'materials' | 'readManifest'>;
  readonly code: Pick<Code, 'compare'>;
  /** The list of a source folder's files, where it lies on disk as it was hashed; older ones are in the store. */
  readonly listing: (path: string, digest: Digest) => Manifest | undefined;
}

/** How far up the reasons of a changed input are followed. */
const deepest = 20;

/** The differing leaves of two materials with what stands behind each digest: files, declarations, the task upstream. */
export async function explainInDetail(before: Basis, after: Basis, archive: Archive, depth = 0): Promise<Change[]> {
  const detailed: Change[] = [];
  for (const change of explain(before.material, after.material)) {
    if (change.kind !== 'changed' || !isDigest(change.before) || !isDigest(change.after)) {
      detailed.push(change);
      continue;
    }
    const digests = { before: change.before, after: change.after };
    if (change.path === 'code.module') {
      const code = await archive.code.compare(digests.before, digests.after);
      // The digest covers the packages' versions, which are leaves of their own.
      const isOnlyPackages = code?.length === 0 && hasOtherPackages(before.material, after.material);
      if (!isOnlyPackages) detailed.push(code?.length ? { ...change, detail: { code } } : change);
      continue;
    }
    const detail =
      change.path.startsWith('in.') && (await inputDetail(change.path, { before, after, digests }, archive, depth));
    detailed.push(detail ? { ...change, detail } : change);
  }
  return detailed;
}

interface Comparison {
  readonly before: Basis;
  readonly after: Basis;
  readonly digests: { readonly before: Digest; readonly after: Digest };
}

async function inputDetail(
  path: string,
  { before, after, digests }: Comparison,
  archive: Archive,
  depth: number,
): Promise<ChangeDetail | undefined> {
  // An input's name may hold no dot.
  const name = path.split('.')[1];
  const traceOf = ({ inputs }: Basis, digest: Digest) =>
    inputs.find((trace) => trace.input === name && trace.digest === digest);
  const [old, fresh] = [traceOf(before, digests.before), traceOf(after, digests.after)];
  const files = await compareFolders(digests, fresh, archive);
  const upstream =
    old?.made && fresh?.made && old.made.key !== fresh.made.key && depth < deepest
      ? await explainKeys([old.made.key, fresh.made.key], archive, depth + 1)
      : undefined;
  if (files === undefined && upstream === undefined) return undefined;
  return {
    ...(files ? { files } : {}),
    ...(upstream && fresh?.made ? { upstream: { task: fresh.made.task, changes: upstream } } : {}),
  };
}

async function explainKeys(
  [before, after]: readonly [ActionKey, ActionKey],
  archive: Archive,
  depth: number,
): Promise<Change[] | undefined> {
  const records = await archive.store.find([before, after]);
  const materials = await archive.store.materials([before, after]);
  const basisOf = (key: ActionKey): Basis | undefined => {
    const [record, material]: [ActionRecord | undefined, KeyMaterial | undefined] = [
      records.get(key),
      materials.get(key),
    ];
    return record && material && { material, inputs: record.inputs };
  };
  const [old, fresh] = [basisOf(before), basisOf(after)];
  return old && fresh && explainInDetail(old, fresh, archive, depth);
}

async function compareFolders(
  digests: Comparison['digests'],
  fresh: InputTrace | undefined,
  { store, listing }: Archive,
): Promise<FileChanges | undefined> {
  const after = (await store.readManifest(digests.after)) ?? (fresh && listing(fresh.path, digests.after));
  const before = after && (await store.readManifest(digests.before));
  return before && compareManifests(before, after);
}

export function compareManifests(before: Manifest, after: Manifest): FileChanges {
  const nameOf = ({ id, path }: Manifest['entries'][number]) => id ?? path;
  const old = new Map(before.entries.map((entry) => [nameOf(entry), entry.digest]));
  const fresh = new Map(after.entries.map((entry) => [nameOf(entry), entry.digest]));
  const added = [...fresh.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !fresh.has(name));
  const changed = [...fresh].flatMap(([name, digest]) => (old.has(name) && old.get(name) !== digest ? [name] : []));
  const renamed: { from: string; to: string }[] = [];
  const gone = new Map(removed.map((name) => [old.get(name), name]));
  for (const to of added) {
    const from = gone.get(fresh.get(to));
    if (from === undefined) continue;
    renamed.push({ from, to });
    gone.delete(fresh.get(to));
  }
  const [left, arrived] = [new Set(renamed.map(({ from }) => from)), new Set(renamed.map(({ to }) => to))];
  return {
    added: added.filter((name) => !arrived.has(name)),
    changed,
    removed: removed.filter((name) => !left.has(name)),
    renamed,
  };
}

function hasOtherPackages(before: KeyMaterial, after: KeyMaterial): boolean {
  return JSON.stringify(before.code.packages) !== JSON.stringify(after.code.packages);
}

function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Which objects must stay, and who holds the others. */
import type { Digest, RunId } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import type { AllRecords, StoredObject } from './census.ts';
import { namesIn } from './census.ts';
import type { Candidate } from './choice.ts';
import { memberReader } from './owners.ts';
import type { StoreParts } from './parts.ts';
import { readRelied } from './reliance.ts';

interface Stock {
  readonly stored: readonly StoredObject[];
  readonly records: AllRecords;
}

/** What artifacts/ shows, what living runs wrote that they count on, and all that got its place while they lived. */
export function protectedObjects(
  { stored, records, living, since }: Stock & { readonly living: readonly RunId[]; readonly since: number },
  parts: StoreParts,
): ReadonlySet<Digest> {
  const members = memberReader(parts.readManifest);
  const safe = new Set<Digest>();
  const keep = (digest: Digest) => {
    safe.add(digest);
  };
  for (const record of currentRecords(records, parts)) {
    for (const digest of contentsOf(record, members)) keep(digest);
    // Lists of source folders, by which `why` tells the files that changed since.
    for (const { digest, made } of record.inputs) if (made === undefined) keep(digest);
  }
  const present = new Set(stored.map(({ digest }) => digest));
  for (const digest of living.flatMap((run) => readRelied(parts.layout, run))) {
    keep(digest);
    // Whether it is a list of files is not known; what is none has no members.
    if (present.has(digest)) for (const [member] of members(digest)) keep(member);
  }
  for (const { digest, changedAt } of stored) if (changedAt >= since) keep(digest);
  return safe;
}

/** Where the book of the view is lost, the last result of each task stands in for what artifacts/ shows. */
function currentRecords({ tasks }: AllRecords, { book, root }: StoreParts): readonly ActionRecord[] {
  const shown = [...book.entries().values()].map(({ record }) => record);
  if (shown.length > 0 || namesIn(`${root}/artifacts`).length === 0) return shown;
  return [...new Map(tasks.map((record) => [record.task, record])).values()];
}

/** All objects of a record, its lists of files before what they name. */
function contentsOf(record: ActionRecord, members: ReturnType<typeof memberReader>): Digest[] {
  const digests = Object.values(record.outputs).flatMap((output) =>
    output === null ? [] : output.kind === 'file' ? [output.digest] : [output.digest, ...members(output.digest).keys()],
  );
  return record.log ? [...digests, record.log] : digests;
}

export interface Holders {
  readonly holders: readonly Candidate[];
  /** Objects that records name and that are not there. */
  readonly absent: readonly Digest[];
  /** Lists of files. */
  readonly lists: ReadonlySet<Digest>;
}

/**
 * A candidate a record, and one for what no record names. Items are held by their own records, so that a stage of items
 * holds little but its list, which costs nothing to make again.
 */
export function describeHolders(
  { stored, records, safe }: Stock & { readonly safe: ReadonlySet<Digest> },
  parts: StoreParts,
): Holders {
  const members = memberReader(parts.readManifest);
  const present = new Set(stored.map(({ digest }) => digest));
  const newest = new Map(records.tasks.map((record) => [record.key, record]));
  const holders: Candidate[] = [];
  const named = new Set<Digest>(safe);
  const absent = new Set<Digest>();
  const lists = new Set<Digest>();
  const stageOf = new Map<Digest, string>();
  for (const record of records.tasks) {
    const outputs = Object.values(record.outputs).flatMap((output) => output ?? []);
    const digests = contentsOf(record, members);
    const missing = digests.filter((digest) => !present.has(digest));
    for (const digest of missing) absent.add(digest);
    for (const output of outputs) {
      if (output.kind !== 'file') lists.add(output.digest);
      if (output.kind === 'items') for (const digest of members(output.digest).keys()) stageOf.set(digest, record.task);
    }
    // What is not whole has to be made again in any case; its log alone may be gone.
    const isWhole = missing.every((digest) => digest === record.log);
    if (!isWhole) continue;
    const isFound = newest.get(record.key) === record;
    const seconds = isFound && outputs.every(({ kind }) => kind !== 'items') ? record.seconds : 0;
    holders.push({
      kind: 'result',
      name: record.task,
      seconds,
      at: record.startedAt,
      needless: false,
      digests,
      paths: [],
    });
    for (const digest of digests) named.add(digest);
  }
  for (const { seconds, result } of records.items) {
    if (result.kind !== 'made') continue;
    const digests = Object.values(result.outputs).map(({ digest }) => digest);
    if (digests.some((digest) => !present.has(digest))) {
      for (const digest of digests) if (!present.has(digest)) absent.add(digest);
      continue;
    }
    const name = stageOf.get(digests[0] as Digest) ?? 'items of earlier runs';
    holders.push({ kind: 'item', name, seconds, at: 0, needless: false, digests, paths: [] });
    for (const digest of digests) named.add(digest);
  }
  const unnamed = stored.flatMap(({ digest }) => (named.has(digest) ? [] : [digest]));
  const unused = unnamed.map((digest): Candidate => {
    return { kind: 'unused', name: 'objects', seconds: 0, at: 0, needless: true, digests: [digest], paths: [] };
  });
  return { holders: [...unused, ...holders], absent: [...absent], lists };
}

import { emptyDigest, extendManifest, manifestOfLines } from '../hash/manifest.ts';
import { writeLines } from '../hash/manifest-lines.ts';
import { rowsIn } from '../hash/path-order.ts';
import type { Manifest } from '../model/artifact.ts';
import type { Digest } from '../model/names.ts';
import type { HashAnswer } from './hash-file.ts';
import type { SizedRequest } from './hash-many.ts';
import { columns, type Listing, rowEquals } from './listing.ts';
import type { Loose } from './loose.ts';
import { type Moment, settled } from './moment.ts';
import type { Pack } from './pack.ts';

/** A pack in the making: what the old one knows is filled in, `open` are the rows whose contents have to be read. */
export interface Draft {
  readonly folder: string;
  readonly pack: Pack;
  readonly open: readonly number[];
}

/** Both lists are in byte order, so that one step along each of them finds the old row of a file. */
export function draftOf(request: { folder: string; listing: Listing; old: Pack | undefined; loose: Loose }): Draft {
  const { folder, listing, old, loose } = request;
  const count = listing.paths.length;
  const pack: Pack = {
    ...listing,
    settled: new Uint8Array(count),
    digests: Buffer.alloc(count * 32),
    fingerprints: Buffer.alloc(count * 16),
    digest: '',
  };
  const open: number[] = [];
  const oldRows = old === undefined || old.paths === listing.paths ? undefined : rowsIn(old.paths, listing.paths);
  if (old !== undefined) copyRows(old, pack, oldRows);
  for (let row = 0; row < count; row++) {
    const oldRow = old === undefined ? -1 : (oldRows?.[row] ?? row);
    if (old === undefined || oldRow < 0 || !isKnown(old, oldRow, listing, row)) {
      pack.settled[row] = 0;
      if (!takeLoose(pack, row, folder, loose)) open.push(row);
    }
  }
  return { folder, pack, open };
}

function isKnown(old: Pack, oldRow: number, listing: Listing, row: number): boolean {
  return old.settled[oldRow] === 1 && rowEquals(old.stats, oldRow, listing.stats, row);
}

/** What follows each other in both packs is copied in one go: of a hundred thousand files mostly one is another. */
function copyRows(from: Pack, to: Pack, oldRows: Int32Array | undefined): void {
  const count = to.paths.length;
  const oldRow = (row: number) => oldRows?.[row] ?? row;
  for (let row = 0; row < count; ) {
    const first = oldRow(row);
    let end = row + 1;
    while (end < count && oldRow(end) === first + end - row && first >= 0) end += 1;
    if (first >= 0) {
      const last = first + end - row;
      to.settled.set(from.settled.subarray(first, last), row);
      to.digests.set(from.digests.subarray(first * 32, last * 32), row * 32);
      to.fingerprints.set(from.fingerprints.subarray(first * 16, last * 16), row * 16);
    }
    row = end;
  }
}

function takeLoose(pack: Pack, row: number, folder: string, loose: Loose): boolean {
  const known = loose.take(`${folder}/${pack.paths[row]}`);
  if (known === undefined) return false;
  const [bytes, mtime, ctime, inode] = pack.stats.subarray(row * columns, row * columns + columns);
  const { stat } = known;
  if (stat.bytes !== bytes || stat.mtime !== mtime || stat.ctime !== ctime || stat.inode !== inode) return false;
  setContents(pack, row, known);
  pack.settled[row] = known.settled ? 1 : 0;
  return known.settled;
}

function setContents(pack: Pack, row: number, contents: { digest: Digest; fingerprint: string }): void {
  pack.digests.write(contents.digest, row * 32, 'hex');
  pack.fingerprints.fill(0, row * 16, row * 16 + 16);
  pack.fingerprints.write(contents.fingerprint, row * 16, 'hex');
}

export function requestFor(draft: Draft, row: number): SizedRequest {
  const { pack } = draft;
  const bytes = pack.stats[row * columns] ?? 0;
  const fingerprint = pack.fingerprints.toString('hex', row * 16, row * 16 + 16);
  const path = `${draft.folder}/${pack.paths[row]}`;
  if (/^0+$/.test(fingerprint)) return { path, bytes };
  return { path, bytes, known: { bytes, digest: digestAt(pack, row), fingerprint } };
}

/** Enters what was read; false where the file is gone. The stat is that under which it was read. */
export function fillIn(draft: Draft, row: number, answer: HashAnswer & { kind: 'hashed' }, moment: Moment): void {
  const { stat, device } = answer;
  setContents(draft.pack, row, answer);
  draft.pack.stats.set([stat.bytes, stat.mtime, stat.ctime, stat.inode], row * columns);
  draft.pack.settled[row] = settled({ dev: device, ctimeMs: stat.ctime }, moment) ? 1 : 0;
}

export function finishDraft(draft: Draft): Pack {
  const manifest = listPack(draft.pack);
  const pack = { ...draft.pack, digest: manifest.digest };
  // Who needs a new digest mostly asks for the list, too.
  manifests.set(pack, manifest);
  return pack;
}

const manifests = new WeakMap<Pack, Manifest>();

/** What the folder holds; made when it is asked for, since its digest alone answers most questions. */
export function manifestOfPack(pack: Pack): Manifest {
  const manifest = manifests.get(pack) ?? listPack(pack);
  manifests.set(pack, manifest);
  return manifest;
}

function listPack(pack: Pack): Manifest {
  const { paths, stats, empties } = pack;
  const digests = pack.digests.toString('hex');
  const writer = writeLines(false, paths.length * 100);
  for (const [row, path] of paths.entries()) {
    const digest = digests.slice(row * 64, row * 64 + 64) as Digest;
    writer.entry({ path, digest, bytes: stats[row * columns] ?? 0 });
  }
  const lines = writer.finish();
  if (empties.length === 0) return manifestOfLines(lines, pack.digest === '' ? undefined : pack.digest);
  return extendManifest(
    manifestOfLines(lines),
    empties.map((path) => ({ path, digest: emptyDigest, bytes: 0 })),
  );
}

function digestAt(pack: Pack, row: number): Digest {
  return pack.digests.toString('hex', row * 32, row * 32 + 32) as Digest;
}

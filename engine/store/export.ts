import { lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Manifest, ManifestEntry, OutputRecord } from '../model/artifact.ts';
import type { Digest } from '../model/names.ts';
import type { Exported, ExportRequest, Files } from '../model/ports.ts';
import type { Objects } from './objects.ts';
import { putInPlace } from './put-in-place.ts';

export interface ExportRoom {
  readonly objects: Objects;
  readonly files: Pick<Files, 'look'>;
  readonly readManifest: (digest: Digest) => Manifest | undefined;
}

/** Writes an output where a person wants it: complete under another name beside it, then renamed. */
export async function exportOutput({ output, to, overwrite }: ExportRequest, room: ExportRoom): Promise<Exported> {
  const entries = entriesOf(output, room);
  if (entries === undefined) return { kind: 'damaged' };
  const isFolder = output.kind !== 'file';
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there !== undefined) {
    const [state] = await room.files.look([{ path: to, glob: false }]);
    const isSame = state?.kind === (isFolder ? 'folder' : 'file') && state.digest === (output.tree ?? output.digest);
    if (isSame) return { kind: 'same' };
    // A link is nobody's to replace by what it may lead to.
    const isLike = isFolder ? there.isDirectory() : there.isFile();
    if (!overwrite || !isLike) return { kind: 'occupied', by: kindOf(there) };
  }
  const folder = dirname(to);
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `.${basename(to)}.flow-${process.pid}`);
  const former = `${draft}-former`;
  try {
    if (isFolder) mkdirSync(draft);
    for (const { path, digest } of entries) {
      const file = path === '' ? draft : `${draft}/${path}`;
      if (path !== '') mkdirSync(path.endsWith('/') ? file : dirname(file), { recursive: true });
      if (path.endsWith('/')) continue;
      if (!(await putInPlace({ objects: room.objects, digest, file, link: false, isAside: false })))
        return { kind: 'damaged' };
    }
    if (isFolder && there !== undefined) exchange(draft, to, former);
    else renameSync(draft, to);
    return { kind: 'written' };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** A folder cannot be renamed onto another; the former one goes when the new one stands, and comes back where it cannot. */
function exchange(draft: string, to: string, former: string): void {
  renameSync(to, former);
  try {
    renameSync(draft, to);
  } catch (error) {
    // Where somebody has made another meanwhile, the former one stays beside it.
    if (lstatSync(to, { throwIfNoEntry: false }) === undefined) renameSync(former, to);
    throw error;
  }
  rmSync(former, { recursive: true, force: true });
}

function entriesOf(output: OutputRecord, room: ExportRoom): readonly ManifestEntry[] | undefined {
  if (output.kind !== 'file') return room.readManifest(output.digest)?.entries;
  return [{ path: '', digest: output.digest, bytes: output.bytes }];
}

function kindOf(stats: NonNullable<ReturnType<typeof lstatSync>>): 'file' | 'folder' | 'other' {
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
}

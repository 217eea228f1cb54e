/** Second copies of objects: what artifacts/ shows, and sources that a stage passed on as they are. */
import { resolve } from 'node:path';
import { linesOf } from '../hash/manifest.ts';
import type { Manifest } from '../model/artifact.ts';
import type { Digest } from '../model/names.ts';
import type { Files } from '../model/ports.ts';
import type { ActionRecord } from '../model/record.ts';
import type { ShownOutput } from '../model/upkeep.ts';

/** What seems to be a copy; whether it is one is known when it is hashed. `shown` is for people. */
export type Copy = { readonly digest: Digest; readonly shown: string } & (
  | { readonly kind: 'file'; readonly path: string }
  /** A folder's list of files, made again from the folder. */
  | { readonly kind: 'list'; readonly bytes: Uint8Array }
);

export interface CopySources {
  readonly root: string;
  readonly tasks: readonly ActionRecord[];
  readonly files: Pick<Files, 'look'>;
  readonly readManifest: (digest: Digest) => Manifest | undefined;
}

export async function findCopies(
  wanted: ReadonlySet<Digest>,
  shown: readonly ShownOutput[],
  sources: CopySources,
): Promise<readonly Copy[]> {
  const copies: Copy[] = [];
  for (const view of shown) copies.push(...(await copiesIn(view, wanted, sources)));
  for (const { inputs } of sources.tasks) {
    for (const { digest, path, made } of inputs) {
      if (made === undefined && wanted.has(digest)) {
        copies.push({ kind: 'file', digest, path: resolve(sources.root, path), shown: path });
      }
    }
  }
  return copies;
}

async function copiesIn(
  { path, shown, output }: ShownOutput,
  wanted: ReadonlySet<Digest>,
  { files, readManifest }: CopySources,
): Promise<Copy[]> {
  const { digest } = output;
  if (output.kind === 'file') return wanted.has(digest) ? [{ kind: 'file', digest, path, shown }] : [];
  const copies: Copy[] = [];
  let manifest = wanted.has(digest) ? undefined : readManifest(digest);
  if (manifest === undefined) {
    const [state] = await files.look([{ path, glob: false }]);
    // An item stage's list also holds the items' ids, which its folder does not show.
    manifest = state?.kind === 'folder' ? state.manifest() : undefined;
    if (manifest?.digest === digest) copies.push({ kind: 'list', digest, bytes: linesOf(manifest).bytes, shown });
  }
  for (const entry of manifest?.entries ?? []) {
    if (!wanted.has(entry.digest) || entry.path.endsWith('/')) continue;
    copies.push({ kind: 'file', digest: entry.digest, path: `${path}/${entry.path}`, shown: `${shown}/${entry.path}` });
  }
  return copies;
}

import type { Manifest, ManifestEntry } from '../model/artifact.ts';
import type { Failure } from '../model/event.ts';
import type { Digest } from '../model/names.ts';
import type { Store } from '../model/ports.ts';
import { splitGlob } from '../model/reference.ts';
import type { Piece } from './inputs.ts';
import { baseName, folderName } from './material.ts';
import type { Survey } from './survey.ts';

/** An element of an `each`, or of a folder that a stage reads item by item. */
export interface ListedItem {
  readonly id: string;
  /** Relative to the project. */
  readonly path: string;
  readonly digest: Digest;
}

export interface Shelf {
  readonly store: Pick<Store, 'readManifest'>;
  readonly survey: Pick<Survey, 'state'>;
}

/** What a folder, glob or item folder holds, in byte order of its paths. */
export async function readManifest(piece: Piece, shelf: Shelf): Promise<Manifest> {
  if (piece.made) {
    const manifest = (await shelf.store.readManifest(piece.digest)) ?? shownManifest(piece, shelf);
    if (manifest) return manifest;
    // As the disk says it of a file: `decide()` asked for it, so that it went away since, and makes it anew next time.
    throw Object.assign(new Error('ENOENT'), { code: 'ENOENT', path: `the list of files of ${piece.path}` });
  }
  const state = shelf.survey.state({ path: piece.path, glob: piece.kind === 'glob' });
  if (state.kind === 'folder') return state.manifest();
  throw new Error(`${piece.path} was a folder when its key was made and is ${state.kind} now`);
}

/** A folder's list of files can be told from the folder; that of items cannot, since it also holds their ids. */
function shownManifest({ path, digest }: Piece, { survey }: Shelf): Manifest | undefined {
  const state = survey.state({ path, glob: false });
  return state.kind === 'folder' && state.digest === digest ? state.manifest() : undefined;
}

/** The items of one piece, without a folder's name before their ids. */
export async function listPiece(piece: Piece, shelf: Shelf): Promise<ListedItem[]> {
  if (piece.kind === 'file') return [{ id: baseName(piece.path), path: piece.path, digest: piece.digest }];
  const { entries } = await readManifest(piece, shelf);
  return listEntries(
    piece,
    entries.filter((entry) => !entry.path.endsWith('/')),
  );
}

/** Files of a piece that is a folder, as items. */
export function listEntries(piece: Piece, entries: readonly ManifestEntry[]): ListedItem[] {
  const folder = piece.kind === 'glob' ? splitGlob(piece.path).folder : `${piece.path.replace(/\/+$/, '')}/`;
  return entries.map(({ id, path, digest }) => ({ id: id ?? path, path: `${folder}${path}`, digest }));
}

export type Listing =
  | { readonly kind: 'listed'; readonly items: readonly ListedItem[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** All items of an `each`; where a list was written, their ids begin with their folder's name. */
export async function listItems(pieces: readonly Piece[], isList: boolean, shelf: Shelf): Promise<Listing> {
  const items = new Map<string, ListedItem>();
  for (const piece of pieces) {
    const prefix = isList && piece.kind !== 'file' ? `${folderName(piece)}/` : '';
    for (const item of await listPiece(piece, shelf)) {
      const id = `${prefix}${item.id}`;
      const other = items.get(id);
      if (other) return { kind: 'failed', failure: sameId(id, other.path, item.path) };
      items.set(id, { ...item, id });
    }
  }
  return { kind: 'listed', items: [...items.values()] };
}

function sameId(id: string, first: string, second: string): Failure {
  const message = `two items have the id '${id}': ${first} and ${second}`;
  const hint = 'give the two folders different names';
  return { kind: 'diagnostics', diagnostics: [{ code: 'same-item', severity: 'error', message, hint }] };
}

import type { Digest } from './names.ts';

/** One file of a folder; paths are relative, with `/`, in byte order. `id` only in an item stage's output. */
export interface ManifestEntry {
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly id?: string;
}

/** A folder's contents; its digest names the folder. Empty folders are part of it as entries whose path ends in `/`. */
export interface Manifest {
  readonly digest: Digest;
  readonly entries: readonly ManifestEntry[];
}

/** What a path on disk holds now. */
export type PathState =
  | { readonly kind: 'missing' }
  | { readonly kind: 'file'; readonly digest: Digest; readonly bytes: number }
  /** The manifest is made when it is asked for, since an unchanged folder is known by its digest alone. */
  | { readonly kind: 'folder'; readonly digest: Digest; readonly bytes: number; readonly manifest: () => Manifest }
  /** A dangling link, a cycle of links, a name that is not UTF-8, a file without permission: `reason` is a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/** A declared output in a record; null where an optional one was not written. */
export interface OutputRecord {
  readonly kind: 'file' | 'folder' | 'items';
  /** A file's own; for a folder or items the manifest's (with ids), whose text is an object of the store. */
  readonly digest: Digest;
  /** For items: the digest of their folder as it lies on disk, a manifest without ids; a view is compared with it. */
  readonly tree?: Digest;
  readonly bytes: number;
  /** Files in a folder, or items. */
  readonly count?: number;
}

/** An output that cannot be kept as it was written: a link, a folder where a file was declared. */
export class OutputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OutputError';
  }
}

import { type Dirent, readdirSync } from 'node:fs';

export interface Name {
  readonly name: string;
  /** What the folder itself says; `other` is a link or unknown, whose target a stat has to tell. */
  readonly kind: 'file' | 'folder' | 'other';
}

export type Names = { readonly entries: readonly Name[] } | { readonly refused: string };

/**
 * The names in a folder. They are bytes, and Node replaces those that are not UTF-8 by U+FFFD, under which nothing can
 * be opened; a name that holds this character is therefore looked at again as bytes, and refused where it is not text.
 */
export function readNames(folder: string): Names {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.some(({ name }) => name.includes('\ufffd'))) {
    for (const bytes of readdirSync(folder, { encoding: 'buffer' })) {
      if (!Buffer.from(bytes.toString('utf8')).equals(bytes))
        return { refused: `the name of ${folder}/${escapeBytes(bytes)} is not UTF-8; rename the file` };
    }
  }
  return { entries: entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) })) };
}

function kindOf(entry: Dirent): Name['kind'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'folder' : 'other';
}

function escapeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte < 0x20 || byte > 0x7e ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte),
  ).join('');
}

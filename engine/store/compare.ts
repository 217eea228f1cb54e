/** Compares what an audit made with what was recorded; takes nothing into the store. */
import { isUtf8 } from 'node:buffer';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { emptyDigest, manifestOf } from '../hash/manifest.ts';
import type { ManifestEntry } from '../model/artifact.ts';
import type { Difference, Recorded } from '../model/upkeep.ts';
import { hashContents } from './contents.ts';
import type { StoreParts } from './parts.ts';

export async function compareOutput(
  path: string,
  recorded: Recorded | null,
  parts: StoreParts,
): Promise<Difference | undefined> {
  if (recorded === null) return existsSync(path) ? { kind: 'absent', path: '', from: 'record' } : undefined;
  const { kind, digest } = recorded;
  if (!existsSync(path)) return { kind: 'absent', path: '', from: 'audit' };
  if (kind === 'file') {
    return (await hashContents(path))?.digest === digest
      ? undefined
      : firstDifference(parts.objects.pathOf(digest), path, '');
  }
  const made = await listFiles(path, '');
  if (manifestOf(made).digest === digest) return undefined;
  const manifest = parts.readManifest(digest);
  if (manifest === undefined) return { kind: 'digest', path: '' };
  const now = new Map(made.map((entry) => [entry.path, entry]));
  for (const entry of manifest.entries) {
    const other = now.get(entry.path);
    if (other === undefined) return { kind: 'absent', path: entry.path, from: 'audit' };
    if (other.digest !== entry.digest) {
      return firstDifference(parts.objects.pathOf(entry.digest), join(path, entry.path), entry.path);
    }
    now.delete(entry.path);
  }
  const [extra] = [...now.keys()].sort();
  return { kind: 'absent', path: extra ?? '', from: 'record' };
}

async function listFiles(folder: string, below: string): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  const names = readdirSync(join(folder, below), { withFileTypes: true });
  if (names.length === 0 && below !== '') return [{ path: below, digest: emptyDigest, bytes: 0 }];
  for (const { name } of names) {
    const path = `${below}${name}`;
    const stats = statSync(join(folder, path));
    if (stats.isDirectory()) entries.push(...(await listFiles(folder, `${path}/`)));
    else {
      const contents = await hashContents(join(folder, path));
      entries.push({ path, digest: contents?.digest ?? emptyDigest, bytes: stats.size });
    }
  }
  return entries;
}

/** Larger texts are compared byte by byte, as is what holds a zero byte or is not UTF-8. */
const largestText = 16_000_000;
const longestShown = 120;

function firstDifference(before: string, after: string, path: string): Difference {
  if (!existsSync(before)) return { kind: 'digest', path };
  if (statSync(before).size <= largestText && statSync(after).size <= largestText) {
    const [old, made] = [readFileSync(before), readFileSync(after)];
    if ([old, made].every((bytes) => isUtf8(bytes) && !bytes.includes(0))) {
      const [oldLines, madeLines] = [old.toString('utf8').split('\n'), made.toString('utf8').split('\n')];
      const line = oldLines.findIndex((text, index) => text !== madeLines[index]);
      const at = line < 0 ? oldLines.length : line;
      const shown = (lines: readonly string[]) => (lines[at] ?? '').slice(0, longestShown);
      return { kind: 'line', path, line: at + 1, before: shown(oldLines), after: shown(madeLines) };
    }
  }
  return { kind: 'byte', path, offset: firstByte(before, after) };
}

const pieceBytes = 1_000_000;

function firstByte(before: string, after: string): number {
  const files = [openSync(before, 'r'), openSync(after, 'r')];
  const pieces = files.map(() => Buffer.alloc(pieceBytes));
  try {
    for (let offset = 0; ; offset += pieceBytes) {
      const read = files.map((file, index) => {
        const piece = pieces[index] as Buffer;
        return piece.subarray(0, readSync(file, piece, 0, pieceBytes, offset));
      });
      const [old, made] = read as [Buffer, Buffer];
      if (old.equals(made) && old.length > 0) continue;
      const at = old.findIndex((byte, index) => byte !== made[index]);
      return offset + (at < 0 ? old.length : at);
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** The number of audits before this one. */
export async function countAudit({ layout }: StoreParts): Promise<number> {
  const path = join(layout.folder, 'cache', 'audits');
  const count = existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) || 0 : 0;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, String(count + 1));
  return count;
}

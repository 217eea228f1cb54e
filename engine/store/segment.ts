import { closeSync, fdatasyncSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { digestText } from '../hash/digest.ts';
import type { ActionRecord, ItemRecord, KeyMaterial } from '../model/record.ts';

/** One thing that a commit records. */
export type Entry =
  | { readonly kind: 'task'; readonly record: ActionRecord; readonly material: KeyMaterial }
  | { readonly kind: 'item'; readonly record: ItemRecord };

export interface Appended {
  /** Bytes of the segment before and after. */
  readonly from: number;
  readonly to: number;
}

export interface Segment {
  readonly append: (entries: readonly Entry[], sync: boolean) => Appended;
  readonly close: () => void;
}

const checkDigits = 16;

/**
 * A run's records: lines that are only ever added, each with the first digits of its SHA-256, so that a line that a
 * kill or a power cut left unfinished is told from a whole one. One file a commit was rejected: ten thousand commits
 * would leave ten thousand files to look for at every start.
 */
export function createSegment(path: string): Segment {
  let file: number | undefined;
  let end = 0;
  let torn = false;
  return {
    append: (entries, sync) => {
      if (file === undefined) {
        mkdirSync(dirname(path), { recursive: true });
        file = openSync(path, 'a', 0o644);
        end = fstatSync(file).size;
      }
      const bytes = Buffer.from((torn ? '\n' : '') + entries.map(lineOf).join(''));
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
        if (sync) fdatasyncSync(file);
      } catch (error) {
        // On a full disk half a line may stand there, which would spoil the next one: the next begins with a new line.
        torn = true;
        end = fstatSync(file).size;
        throw error;
      }
      torn = false;
      const from = end;
      end += bytes.length;
      return { from, to: end };
    },
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

export function lineOf(entry: Entry): string {
  const text = JSON.stringify(entry.kind === 'task' ? ['task', entry.record, entry.material] : ['item', entry.record]);
  return `${digestText(text).slice(0, checkDigits)} ${text}\n`;
}

/** Reads the whole lines from a byte on; damaged ones are passed over. `to` is where the last whole line ends. */
export function readSegment(
  path: string,
  from: number,
): { readonly entries: readonly Entry[]; readonly to: number; readonly damaged: number } {
  const bytes = readFrom(path, from);
  const end = bytes.lastIndexOf(10) + 1;
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  const entries = lines.flatMap(entryOf);
  return { entries, to: from + end, damaged: lines.filter((line) => line !== '').length - entries.length };
}

function readFrom(path: string, from: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - from));
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(file, bytes, length, bytes.length - length, from + length);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function entryOf(line: string): Entry[] {
  const text = line.slice(checkDigits + 1);
  if (digestText(text).slice(0, checkDigits) !== line.slice(0, checkDigits)) return [];
  const [kind, record, material] = JSON.parse(text);
  return [kind === 'task' ? { kind, record, material } : { kind: 'item', record }];
}

/** The same text without its damaged lines. */
export function wholeLines(text: string): string {
  const lines = text.split('\n').filter((line) => entryOf(line).length > 0);
  return lines.map((line) => `${line}\n`).join('');
}

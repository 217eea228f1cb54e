import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { Refusal } from './request.ts';

/**
 * Replaces a text that a person also writes: `change` gets it as it is now, or undefined where there is none. It is put
 * in place by a rename, so that a kill leaves the old text or the new one; what was saved meanwhile is not overwritten.
 */
export function replaceFile(path: string, change: (text: string | undefined) => string): void {
  const before = stampOf(path);
  const text = change(before === undefined ? undefined : readFileSync(path, 'utf8'));
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, text, before === undefined ? {} : { mode: statSync(path).mode });
  if (stampOf(path) !== before) throw new Refusal(409, `${path} was changed meanwhile; try again.`);
  renameSync(draft, path);
}

function stampOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
}

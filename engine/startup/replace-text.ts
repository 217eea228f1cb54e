import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DiagnosticError } from '../model/diagnostic.ts';

/**
 * Replaces a text that a person also writes: `change` gets it as it is now, or undefined where there is none. It is put
 * in place by a rename, so that a kill leaves the old text or the new one; what was saved meanwhile is not overwritten.
 */
export function replaceText(path: string, change: (text: string | undefined) => string): void {
  const before = stampOf(path);
  // Behind a link lies the file that is meant.
  const place = before === undefined ? path : realpathSync(path);
  const former = before === undefined ? undefined : readFileSync(place, 'utf8');
  const text = change(former);
  if (text === former) return;
  const draft = `${place}.${process.pid}.new`;
  writeFileSync(draft, text, before === undefined ? {} : { mode: statSync(place).mode });
  if (stampOf(path) !== before) {
    rmSync(draft);
    throw changedMeanwhile(path);
  }
  renameSync(draft, place);
}

export function changedMeanwhile(path: string): DiagnosticError {
  const message = `${basename(path)} was changed meanwhile`;
  const hint = 'nothing was written; try again';
  return new DiagnosticError([{ code: 'changed-meanwhile', severity: 'error', message, hint }]);
}

function stampOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
}

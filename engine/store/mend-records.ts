/** Records whose lines were damaged: the index may know them still, and the rest of the file stays. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ActionRecord } from '../model/record.ts';
import type { StoreFault } from '../model/upkeep.ts';
import type { AllRecords } from './census.ts';
import type { StoreParts } from './parts.ts';
import { wholeLines } from './segment.ts';

const nameOf = (record: ActionRecord) => `${record.key} ${record.run} ${record.startedAt}`;

/** Damaged lines go to .flow/damaged/ with their file; a file that a living run appends to is only told of. */
export async function mendRecords({ damaged, tasks }: AllRecords, parts: StoreParts): Promise<StoreFault[]> {
  const { layout, root, index, commit } = parts;
  // Reads what is new in the files, so that no file is read further once it has been written anew.
  const indexed = await index.history();
  const known = new Set(tasks.map(nameOf));
  const lost = indexed.filter((record) => !known.has(nameOf(record)));
  const materials = await index.materials(lost.map(({ key }) => key));
  const kept = lost.flatMap((record) => {
    const material = materials.get(record.key);
    return material ? [{ record, material }] : [];
  });
  if (kept.length > 0) await commit({ records: kept });

  const faults: StoreFault[] = [];
  for (const [name, count] of damaged) {
    const path = join(layout.records, name);
    const isWritten = existsSync(layout.lock(name.replace(/\.jsonl$/, '')));
    if (!isWritten) leaveWhole(path, parts, name);
    const run = name.replace(/\.jsonl$/, '');
    const back = kept.filter(({ record }) => record.run === run);
    faults.push({
      of: 'records',
      what: 'damaged',
      path: relative(root, path),
      owners: back.map(({ record }) => record.task),
      tasks: back.map(({ record }) => record.task),
      ...(back.length >= count ? { healedFrom: 'the index' } : {}),
      ...(isWritten ? {} : { movedTo: relative(root, join(layout.damaged, name)) }),
    });
  }
  return faults;
}

function leaveWhole(path: string, { layout }: StoreParts, name: string): void {
  mkdirSync(layout.damaged, { recursive: true });
  copyFileSync(path, join(layout.damaged, name));
  writeFileSync(`${path}.new`, wholeLines(readFileSync(path, 'utf8')));
  renameSync(`${path}.new`, path);
}

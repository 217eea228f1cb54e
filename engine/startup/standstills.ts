/** Where standstills lie: a file a pipeline and its settings, with the last few sets of targets. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Grounds, Remembered } from '../answers/grounds.ts';
import type { Standstill } from '../answers/standstill.ts';
import { digestText } from '../hash/digest.ts';
import type { ProjectOptions } from '../model/project.ts';
import { readKept, writeKept } from './kept.ts';
import type { PipelineText } from './load-pipeline.ts';

const mostTargets = 4;

function folderOf({ root }: ProjectOptions): string {
  return join(root, '.flow', 'cache', 'standstills');
}

export function readStandstills(options: ProjectOptions, { name }: PipelineText): readonly Standstill[] {
  return (name === undefined ? undefined : readKept<readonly Standstill[]>(folderOf(options), name)) ?? [];
}

export function writeStandstill(options: ProjectOptions, name: string, { standstill, grounds }: Remembered): void {
  const targets = JSON.stringify(standstill.targets);
  const others = (readKept<readonly Standstill[]>(folderOf(options), name) ?? []).filter(
    (other) => JSON.stringify(other.targets) !== targets,
  );
  writeKept(folderOf(options), name, [standstill, ...others.slice(0, mostTargets - 1)]);
  writeKept(groundsFolder(options), groundsName(name, standstill), grounds);
}

export function readGrounds(options: ProjectOptions, { name }: PipelineText, of: Standstill): Grounds | undefined {
  return name === undefined ? undefined : readKept<Grounds>(groundsFolder(options), groundsName(name, of));
}

function groundsFolder({ root }: ProjectOptions): string {
  return join(root, '.flow', 'cache', 'grounds');
}

function groundsName(name: string, { targets }: Standstill): string {
  return digestText(`${name}\n${JSON.stringify(targets)}`);
}

/** Changes with every change of the book of what artifacts/ shows, which is always written anew. */
export function viewStamp(root: string): string {
  try {
    const { size, mtimeMs, ctimeMs, ino } = statSync(join(root, '.flow', 'view.json'));
    return `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  } catch {
    // Not there, or nothing that could be read: whoever needs it says so.
    return '';
  }
}

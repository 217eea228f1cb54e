import type { Manifest } from '../model/artifact.ts';
import { linesOf } from './manifest.ts';
import { countLines, type ManifestLines, pathAt } from './manifest-lines.ts';
import { comparePaths } from './path-order.ts';

/** Rows of which the other list has no like: a changed entry is gone on one side and come on the other. */
export interface ManifestDifference {
  readonly gone: readonly number[];
  readonly come: readonly number[];
}

/**
 * Both lists are in byte order of their paths. Equal stretches are found by doubling what is compared, so that a hundred
 * thousand equal lines cost one comparison of their bytes.
 */
export function compareManifests(before: Manifest, after: Manifest): ManifestDifference {
  const [old, now] = [linesOf(before), linesOf(after)];
  const [oldCount, nowCount] = [countLines(old), countLines(now)];
  const gone: number[] = [];
  const come: number[] = [];
  let [oldRow, nowRow] = [0, 0];
  while (oldRow < oldCount && nowRow < nowCount) {
    const equal = equalRows({ old, oldRow, now, nowRow });
    oldRow += equal;
    nowRow += equal;
    if (oldRow === oldCount || nowRow === nowCount) break;
    const order = comparePaths(pathAt(old, oldRow), pathAt(now, nowRow));
    if (order <= 0) gone.push(oldRow++);
    if (order >= 0) come.push(nowRow++);
  }
  while (oldRow < oldCount) gone.push(oldRow++);
  while (nowRow < nowCount) come.push(nowRow++);
  return { gone, come };
}

interface Position {
  readonly old: ManifestLines;
  readonly oldRow: number;
  readonly now: ManifestLines;
  readonly nowRow: number;
}

/** How many rows from here on are equal. */
function equalRows({ old, oldRow, now, nowRow }: Position): number {
  const most = Math.min(countLines(old) - oldRow, countLines(now) - nowRow);
  const areEqual = (from: number, count: number) => {
    const [a, b] = [oldRow + from, nowRow + from];
    const [oldStart = 0, oldEnd = 0] = [old.starts[a], old.starts[a + count]];
    const [nowStart = 0, nowEnd = 0] = [now.starts[b], now.starts[b + count]];
    if (oldEnd - oldStart !== nowEnd - nowStart) return false;
    return old.bytes.compare(now.bytes, nowStart, nowEnd, oldStart, oldEnd) === 0;
  };
  let equal = 0;
  let step = 1;
  while (equal < most && step > 0) {
    const count = Math.min(step, most - equal);
    if (areEqual(equal, count)) {
      equal += count;
      step = count * 2;
    } else {
      step = count >> 1;
    }
  }
  return equal;
}

/** Lines of a text that go and lines that come in their place. */
export interface LineChange {
  /** Of the text before, counted from 1. */
  readonly from: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** As few lines as possible; meant for texts that differ in a few places, since what lies between them is compared in full. */
export function compareLines(before: string, after: string): LineChange[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - start;
  while (tail < most && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const [left, right] = [old.slice(start, old.length - tail), fresh.slice(start, fresh.length - tail)];
  // common[i][j]: lines that left from i and right from j share.
  const common = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = common[i] as Uint32Array;
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const changes: { from: number; removed: string[]; added: string[] }[] = [];
  let isOpen = false;
  for (let i = 0, j = 0; i < left.length || j < right.length; ) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      isOpen = false;
      i += 1;
      j += 1;
      continue;
    }
    if (!isOpen) changes.push({ from: start + i + 1, removed: [], added: [] });
    isOpen = true;
    const change = changes.at(-1);
    if (j >= right.length || (i < left.length && at(i + 1, j) >= at(i, j + 1))) change?.removed.push(left[i++] ?? '');
    else change?.added.push(right[j++] ?? '');
  }
  return changes;
}

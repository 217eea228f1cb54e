/**
 * Compares two paths by their UTF-8 bytes. JavaScript compares UTF-16 units, which differs only where a character
 * beyond U+FFFF (written with units from D800 to DFFF) meets one from U+E000 to U+FFFF.
 */
export function comparePaths(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Whether comparing these two by JavaScript's `<` could give another order than their bytes. */
export function needsByteOrder(path: string): boolean {
  return beyondPlainOrder.test(path);
}

const beyondPlainOrder = /[\ud800-\uffff]/;

/** Sorts in place, in byte order; the engine's own sort serves where it gives the same order, being many times faster. */
export function sortPaths(paths: string[]): string[] {
  for (const path of paths) if (beyondPlainOrder.test(path)) return paths.sort(comparePaths);
  return paths.sort();
}

/** Two lists in byte order, without a path in common, as one. */
export function mergePaths(left: readonly string[], right: readonly string[]): string[] {
  if (left.length === 0 || right.length === 0) return [...left, ...right];
  const merged: string[] = [];
  let next = 0;
  for (const path of left) {
    for (let other = right[next]; other !== undefined && comparePaths(other, path) < 0; other = right[++next]) {
      merged.push(other);
    }
    merged.push(path);
  }
  while (next < right.length) merged.push(right[next++] as string);
  return merged;
}

/** For each path its row in another list, -1 where it is not there; both are in byte order, so that one step along each serves. */
export function rowsIn(others: readonly string[], paths: readonly string[]): Int32Array {
  const rows = new Int32Array(paths.length).fill(-1);
  let row = 0;
  for (const [index, path] of paths.entries()) {
    while (row < others.length && others[row] !== path && comparePaths(others[row] as string, path) < 0) row += 1;
    if (others[row] === path) rows[index] = row++;
  }
  return rows;
}

/** The first of `count` places, in byte order of their paths, whose path does not come before this one. */
export function placeOf(path: string, count: number, pathAt: (place: number) => string): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePaths(pathAt(middle), path) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

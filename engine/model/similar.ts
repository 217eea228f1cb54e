/** The candidate that a mistyped word most probably means; undefined where none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // One slip in three letters is a typing error; more is another word.
  let bound = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bound) continue;
    const distance = editDistance(word, candidate);
    if (distance < bound) {
      bound = distance;
      best = candidate;
    }
  }
  return best;
}

/** `did you mean 'resize'?`, or what there is, or nothing to say. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const names = [...candidates];
  const near = nearest(word, names);
  if (near !== undefined) return `did you mean '${near}'?`;
  if (names.length === 0) return undefined;
  // A longer list is read by nobody.
  const shown = names.slice(0, 12).map((name) => `'${name}'`);
  return `there ${names.length === 1 ? 'is' : 'are'} ${shown.join(', ')}${names.length > 12 ? ', ...' : ''}`;
}

/** Insertions, deletions, replacements and swapped neighbours, each counted as one. */
export function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const cell = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= to.length; column++) {
      const equal = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          cell(row - 1, column) + 1,
          cell(row, column - 1) + 1,
          cell(row - 1, column - 1) + (equal ? 0 : 1),
          swapped ? cell(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return cell(from.length, to.length);
}

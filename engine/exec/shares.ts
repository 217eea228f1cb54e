/**
 * A list that several workers go through, each from a place of its own: neighbours in the list mostly lie in one folder,
 * and two that write into one folder at once wait for each other. Whoever is done with its part takes half of the largest
 * one that is left.
 */
export interface Shares<T> {
  /** At most so many for this worker, in their order; none where nothing is left. */
  readonly take: (worker: number, most: number) => readonly T[];
  readonly left: () => number;
}

export function shareOut<T>(list: readonly T[], workers: number): Shares<T> {
  const parts = Array.from({ length: workers }, (_, worker) => ({
    next: Math.floor((list.length * worker) / workers),
    end: Math.floor((list.length * (worker + 1)) / workers),
  }));
  const size = ({ next, end }: { next: number; end: number }) => end - next;
  return {
    left: () => parts.reduce((sum, part) => sum + size(part), 0),
    take: (worker, most) => {
      const own = parts[worker] ?? { next: 0, end: 0 };
      if (size(own) === 0) {
        const largest = parts.reduce((a, b) => (size(b) > size(a) ? b : a));
        const middle = largest.end - Math.ceil(size(largest) / 2);
        [own.next, own.end, largest.end] = [middle, largest.end, middle];
      }
      const from = own.next;
      own.next = Math.min(own.end, from + most);
      return list.slice(from, own.next);
    },
  };
}

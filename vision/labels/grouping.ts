import type { Grouped } from './groups.ts';

/** What decides which photo of a group stays, and what the group is called. */
export interface Original {
  readonly photo: string;
  /** SHA-256 of the source's bytes, hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Puts photos together that pairs (of places in the list) connect, in a chain too. In each group the largest original
 * stays: most pixels, then most bytes, then the first name. Groups are in the order of their first photo.
 */
export function groupPhotos(
  photos: readonly Original[],
  pairs: Iterable<readonly [number, number]>,
): (readonly (Original & Grouped)[])[] {
  const groups = new Map<number, Original[]>();
  const rootOf = connect(photos.length, pairs);
  photos.forEach((photo, place) => {
    const root = rootOf(place);
    groups.set(root, [...(groups.get(root) ?? []), photo]);
  });
  return [...groups.values()].map((group) => {
    const seat = group.map(({ digest }) => digest).sort()[0] as string;
    const staying = group.toSorted(bySize)[0];
    return group.map((photo) => ({ ...photo, seat, stays: photo === staying }));
  });
}

function bySize(one: Original, other: Original): number {
  const pixels = other.width * other.height - one.width * one.height;
  return pixels || other.bytes - one.bytes || (one.photo < other.photo ? -1 : 1);
}

/** Union-find with halved paths; the smallest place of a set is its root. */
function connect(count: number, pairs: Iterable<readonly [number, number]>): (place: number) => number {
  const parents = Uint32Array.from({ length: count }, (_, place) => place);
  const rootOf = (place: number): number => {
    let at = place;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at] as number] as number;
      at = parents[at] as number;
    }
    return at;
  };
  for (const [one, other] of pairs) {
    const roots = [rootOf(one), rootOf(other)] as const;
    parents[Math.max(...roots)] = Math.min(...roots);
  }
  return rootOf;
}

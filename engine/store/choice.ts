/** What is let go of: first all that nothing needs, then what costs least to make again for each byte. */
import type { Digest } from '../model/names.ts';
import type { Pile, PileKind } from '../model/upkeep.ts';

/** Something that holds bytes: objects, which others may hold as well, or paths of its own. */
export interface Candidate {
  readonly kind: PileKind;
  readonly name: string;
  /** What making it again costs. */
  readonly seconds: number;
  /** Milliseconds since 1970; the older one goes first. */
  readonly at: number;
  /** Goes even where there is room. */
  readonly needless: boolean;
  readonly digests: readonly Digest[];
  readonly paths: readonly { readonly path: string; readonly bytes: number }[];
}

export interface ChoiceRequest {
  readonly candidates: readonly Candidate[];
  readonly sizes: ReadonlyMap<Digest, number>;
  /** Objects that stay whatever happens. */
  readonly safe: ReadonlySet<Digest>;
  /** Bytes of the whole store. */
  readonly before: number;
  readonly maxBytes?: number;
}

export interface Choice {
  readonly digests: readonly Digest[];
  readonly paths: readonly string[];
  readonly bytes: number;
  readonly dropped: readonly Pile[];
  readonly staying: readonly Pile[];
}

const kinds: readonly PileKind[] = [
  'attempt',
  'unused',
  'bundle',
  'cache',
  'damaged',
  'log',
  'checkpoint',
  'result',
  'item',
];

export function chooseDropped({ candidates, sizes, safe, before, maxBytes }: ChoiceRequest): Choice {
  const holders = new Map<Digest, number>();
  const open = ({ digests }: Candidate) =>
    [...new Set(digests)].filter((digest) => sizes.has(digest) && !safe.has(digest));
  for (const candidate of candidates) {
    for (const digest of open(candidate)) holders.set(digest, (holders.get(digest) ?? 0) + 1);
  }
  // Bytes that several hold are shared out among them; what is safe with others frees nothing and is left alone.
  const price = (candidate: Candidate) => {
    const shared = open(candidate).reduce(
      (sum, digest) => sum + (sizes.get(digest) ?? 0) / (holders.get(digest) ?? 1),
      0,
    );
    const bytes = candidate.paths.reduce((sum, path) => sum + path.bytes, shared);
    // What frees nothing goes last; by a division it would be neither dearer nor cheaper than anything.
    return bytes === 0 ? Number.POSITIVE_INFINITY : candidate.seconds / bytes;
  };
  const priced = candidates.map((candidate) => ({ candidate, price: price(candidate) }));
  priced.sort(
    (a, b) =>
      Number(b.candidate.needless) - Number(a.candidate.needless) ||
      a.price - b.price ||
      kinds.indexOf(a.candidate.kind) - kinds.indexOf(b.candidate.kind) ||
      a.candidate.at - b.candidate.at ||
      (a.candidate.name < b.candidate.name ? -1 : 1),
  );

  const gone: Digest[] = [];
  const paths: string[] = [];
  const dropped = new Map<string, Pile>();
  const staying = new Map<string, Pile>();
  const counted = new Set<Digest>();
  let bytes = 0;
  for (const { candidate } of priced) {
    const { needless, seconds } = candidate;
    const isOver = maxBytes !== undefined && before - bytes > maxBytes;
    const digests = open(candidate);
    if (!needless && !isOver) {
      // What two hold is counted once.
      const held = digests.filter((digest) => !counted.has(digest));
      for (const digest of held) counted.add(digest);
      add(staying, candidate, { bytes: bytesOf(candidate, held, sizes), seconds, count: 1 });
      continue;
    }
    const freed = digests.filter((digest) => {
      const left = (holders.get(digest) ?? 1) - 1;
      holders.set(digest, left);
      return left === 0;
    });
    gone.push(...freed);
    paths.push(...candidate.paths.map(({ path }) => path));
    const size = bytesOf(candidate, freed, sizes);
    bytes += size;
    if (freed.length + candidate.paths.length > 0) add(dropped, candidate, { bytes: size, seconds, count: 1 });
  }
  return { digests: gone, paths, bytes, dropped: [...dropped.values()], staying: [...staying.values()] };
}

function bytesOf({ paths }: Candidate, digests: readonly Digest[], sizes: ReadonlyMap<Digest, number>): number {
  const objects = digests.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
  return paths.reduce((sum, path) => sum + path.bytes, objects);
}

function add(
  piles: Map<string, Pile>,
  { kind, name }: Candidate,
  more: Pick<Pile, 'bytes' | 'seconds' | 'count'>,
): void {
  const known = piles.get(`${kind} ${name}`) ?? { kind, name, bytes: 0, seconds: 0, count: 0 };
  piles.set(`${kind} ${name}`, {
    kind,
    name,
    bytes: known.bytes + more.bytes,
    seconds: known.seconds + more.seconds,
    count: known.count + more.count,
  });
}

import type { Turn } from '../images/pixels.ts';
import { shortNumber, writeTable } from './table.ts';

/** `label`: it is probably wrong. `duplicates`: near duplicates have two labels. `turn`: the photo does not lie upright. */
export type ProposalKind = 'label' | 'duplicates' | 'turn';

/** What a person may want to say of a photo in corrections.csv. */
export interface Proposal {
  readonly photo: string;
  readonly kind: ProposalKind;
  /** The label or turn that it has. */
  readonly now: string | number;
  readonly label?: string;
  readonly turn?: Turn;
  /** The higher, the surer; comparable within a kind alone. */
  readonly score: number;
  readonly reason: string;
}

/** Begins with the columns of corrections.csv, so that rows, or the whole file, can be copied there. */
export async function writeProposals(path: string, proposals: readonly Proposal[]): Promise<void> {
  const rows = proposals.map(({ photo, kind, now, label = '', turn = '', score, reason }) => [
    ...[photo, label, turn, kind, now],
    ...[shortNumber(Number(score.toFixed(4))), reason],
  ]);
  await writeTable(path, ['photo', 'label', 'turn', 'kind', 'now', 'score', 'reason'], rows);
}

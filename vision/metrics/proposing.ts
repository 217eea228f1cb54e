import type { Turn } from '../images/pixels.ts';
import { classOfPhoto } from '../labels/classes.ts';
import type { Grouped } from '../labels/groups.ts';
import type { Label } from '../labels/labels.ts';
import type { Proposal } from '../labels/proposals.ts';
import { findDoubtfulLabels } from './doubtful-labels.ts';

/** What models that were not trained on a photo think of it. */
export interface Opinion {
  /** Probabilities, in the order of the classes. */
  readonly scores: Float64Array;
  /** Whose opinion it is, for a reader: `the model of fold 3`. */
  readonly from: string;
}

export interface Opinions {
  readonly classes: readonly string[];
  readonly of: ReadonlyMap<string, Opinion>;
}

/** Labels that are probably wrong; photos without an opinion are passed over. */
export function proposeLabels(labels: readonly Label[], { classes, of }: Opinions): Proposal[] {
  const judged = labels.flatMap(({ photo, label }) => {
    const opinion = of.get(photo);
    return opinion ? [{ photo, label, opinion }] : [];
  });
  const scores = Float64Array.from(judged.flatMap(({ opinion }) => [...opinion.scores]));
  const places = Int32Array.from(judged, ({ label }) => classes.indexOf(label));
  return findDoubtfulLabels({ classes, scores }, places).map(({ row, likelier, score }) => {
    const { photo, label: now, opinion } = judged[row] as (typeof judged)[number];
    const label = classes[likelier] as string;
    const [old, other] = [now, label].map((name) => percentOf(opinion.scores[classes.indexOf(name)] as number));
    return { photo, kind: 'label', now, label, score, reason: `${opinion.from}: ${label} ${other}, ${now} ${old}` };
  });
}

/** Groups of near duplicates that lie in folders of different classes, by the photo that stays. */
export function proposeDuplicates(
  labels: readonly Label[],
  groups: readonly Grouped[],
  { classes, of }: Opinions,
): Proposal[] {
  const now = new Map(labels.map(({ photo, label }) => [photo, label]));
  const bySeat = new Map<string, Grouped[]>();
  for (const photo of groups) {
    const group = bySeat.get(photo.seat) ?? [];
    bySeat.set(photo.seat, group);
    group.push(photo);
  }
  return [...bySeat.values()].flatMap((group): Proposal[] => {
    const staying = group.find(({ stays }) => stays)?.photo ?? '';
    const label = now.get(staying);
    if (label === undefined) return [];
    const others = group.filter(({ photo }) => photo !== staying);
    const labelled = others.map(({ photo }) => ({ photo, label: classOfPhoto(photo, classes) ?? label }));
    const differing = labelled.filter((other) => other.label !== label);
    if (differing.length === 0) return [];
    const scoreOf = (name: string) => of.get(staying)?.scores[classes.indexOf(name)] ?? 0;
    const candidates = [label, ...differing.map((other) => other.label)];
    const likelier = candidates.toSorted((one, other) => scoreOf(other) - scoreOf(one))[0] as string;
    const score = Math.log(Math.max(1e-15, scoreOf(likelier)) / Math.max(1e-15, scoreOf(label)));
    const reason = `near duplicates lie elsewhere: ${differing.map(({ photo }) => photo).join(', ')}`;
    return [{ photo: staying, kind: 'duplicates', now: label, label: likelier, score, reason }];
  });
}

/** By photo: how much surer the judge is of it when it is turned clockwise by so many degrees more. */
export type Gains = ReadonlyMap<string, { readonly 90: number; readonly 270: number }>;

/** Photos that look more upright when they are turned by a quarter, the clearest first. */
export function proposeTurns(labels: readonly Label[], gains: Gains): Proposal[] {
  const proposals = labels.flatMap(({ photo, turn: now }): Proposal[] => {
    const gain = gains.get(photo);
    if (!gain) return [];
    const more = gain[90] > gain[270] ? 90 : 270;
    const score = gain[more];
    if (score <= 0) return [];
    const turn = ((now + more) % 360) as Turn;
    return [{ photo, kind: 'turn', now, turn, score, reason: `looks upright when it is turned by ${more}°` }];
  });
  return proposals.sort((one, other) => other.score - one.score);
}

function percentOf(probability: number): string {
  return `${(100 * probability).toFixed(1)} %`;
}

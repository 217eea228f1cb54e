import { type Preprocessing, preprocessings } from '../nets/preprocess.ts';
import { planNetwork } from '../nets/table.ts';

/** The table's preprocessing is that of a network's usual weights; others, as those of advprop, say their own in their file. */
export function preprocessingOf(name: string, metadata: Readonly<Record<string, string>>): Preprocessing {
  return preprocessings.find((kind) => kind === metadata.preprocessing) ?? planNetwork(name).preprocessing;
}

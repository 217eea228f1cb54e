import type { ActionKey, Json } from '../model/names.ts';
import type { KeyMaterial } from '../model/record.ts';
import { canonicalText } from './canonical.ts';
import { digestText } from './digest.ts';

/** The key of a task's material. The leading words keep a key from ever equalling the digest of an artifact. */
export function keyOf({ written: _, ...material }: KeyMaterial): ActionKey {
  return digestText(`flow key\n${canonicalText(material as unknown as Json)}`) as ActionKey;
}

/**
 * Keys of the items of one task: what they share is encoded and hashed once, so that a key costs about a microsecond
 * however large the task's parameters are.
 */
export function itemKeys(shared: Json): (item: Json) => ActionKey {
  const head = `flow item key\n${digestText(canonicalText(shared))}\n`;
  return (item) => digestText(head + canonicalText(item)) as ActionKey;
}

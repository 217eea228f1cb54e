import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One model's logits of one photo: the content of an item's JSON file. */
export interface ItemLogits {
  readonly photo: string;
  /** By class, in the order of the model's classes. */
  readonly logits: Readonly<Record<string, number>>;
}

/**
 * Reads every JSON file below a folder, by the photo that it names; the files' own names do not count.
 * A file at a time: a hundred thousand at once would run out of file handles.
 */
export async function readItemLogits(folder: string): Promise<Map<string, ItemLogits>> {
  const found = new Map<string, ItemLogits>();
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((one) => one.endsWith('.json')).sort()) {
    const path = join(folder, name);
    const item = JSON.parse(await readFile(path, 'utf8')) as Partial<ItemLogits>;
    if (typeof item.photo !== 'string' || typeof item.logits !== 'object') {
      throw new Error(`${path} does not hold the logits of a photo.`);
    }
    found.set(item.photo, { photo: item.photo, logits: item.logits });
  }
  return found;
}

import { readTable } from './table.ts';

/**
 * What is known of photos that were not trained on, by photo: `photo,label`, or the contest's `image_name,category`.
 * Throws where a photo has two rows.
 */
export async function readKnownLabels(path: string): Promise<Map<string, string>> {
  const { header } = await readTable(path, []);
  const [photo, label] = header.includes('image_name') ? ['image_name', 'category'] : ['photo', 'label'];
  const { rows } = await readTable(path, [photo, label]);
  const labels = new Map<string, string>();
  for (const row of rows) {
    const name = row.get(photo);
    if (labels.has(name)) throw new Error(`${path}:${row.line}: '${name}' has a row already.`);
    labels.set(name, row.get(label));
  }
  return labels;
}

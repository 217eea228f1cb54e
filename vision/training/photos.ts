import { openPixels } from '../images/open.ts';
import type { Pixels, Turn } from '../images/pixels.ts';

export interface PhotoFile {
  readonly path: string;
  readonly turn: Turn;
}

export type OpenPhoto = (photo: PhotoFile) => Promise<Pixels>;

/** So many bytes of opened photos are kept: some 7,000 photos at 224 pixels, or 900 at 600. */
const keptBytes = 1_000_000_000;

/** Opens photos with their longest side at `size`, each once as long as there is room; the others every time. */
export function keepPhotos(size: number, room: number = keptBytes): OpenPhoto {
  const kept = new Map<string, Pixels>();
  let used = 0;
  return async ({ path, turn }) => {
    const known = kept.get(path);
    if (known) return known;
    const photo = await openPixels({ source: path, turn, size: { longest: size } });
    used += photo.data.length;
    if (used <= room) kept.set(path, photo);
    else used -= photo.data.length;
    return photo;
  };
}

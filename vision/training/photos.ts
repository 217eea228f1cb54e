import { openPixels } from '../images/open.ts';
import type { Pixels, Turn } from '../images/pixels.ts';

export interface PhotoFile {
  readonly path: string;
  readonly turn: Turn;
}

/** Gives a photo with its longest side at `longest`. */
export type OpenPhoto = (photo: PhotoFile, longest: number) => Promise<Pixels>;

/** Opens photos, each once for a size as long as there is room for so many bytes; the others every time. */
export function keepPhotos(room: number): OpenPhoto {
  const kept = new Map<string, { readonly longest: number; readonly photo: Pixels }>();
  let used = 0;
  return async ({ path, turn }, longest) => {
    const known = kept.get(path);
    if (known?.longest === longest) return known.photo;
    const photo = await openPixels({ source: path, turn, size: { longest } });
    // Photos grow with the training's sizes and do not shrink again: the smaller one is of no more use.
    if (known && kept.delete(path)) used -= known.photo.data.length;
    if (used + photo.data.length > room) return photo;
    used += photo.data.length;
    kept.set(path, { longest, photo });
    return photo;
  };
}

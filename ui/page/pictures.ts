/** Where the picture of a photo lies, by the photo's id. */
import { useMemo } from 'preact/hooks';
import type { PicturePlace } from '../server/routes/pictures.ts';
import { useAnswer } from './api.ts';

export type Pictures = ReadonlyMap<string, PicturePlace>;

export const isPicture = (path: string): boolean => /\.(jpe?g|png|webp|gif)$/i.test(path);

export function usePictures(version: number): Pictures {
  const asked = useAnswer<Readonly<Record<string, PicturePlace>>>('api/pictures', version);
  return useMemo(() => new Map(asked.kind === 'here' ? Object.entries(asked.value) : []), [asked]);
}

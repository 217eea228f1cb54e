/** Where the picture of a photo lies, by the photo's id. */
import { useEffect, useState } from 'preact/hooks';
import type { ContentsAnswer } from '../../engine/model/project.ts';
import { address, ask } from './api.ts';
import type { Structure } from './view.ts';

export interface PicturePlace {
  /** Below artifacts/. */
  readonly path: string;
  /** Of the artifact that holds it. */
  readonly version: string;
}

export type Pictures = ReadonlyMap<string, PicturePlace>;

export const isPicture = (path: string): boolean => /\.(jpe?g|png|webp|gif)$/i.test(path);

/** Photos of item stages by their ids, and of other folders by their paths; of two places the item stage's counts. */
export function usePictures(structure: Structure, version: number): Pictures {
  const [pictures, setPictures] = useState<Pictures>(new Map());
  useEffect(() => {
    let isCurrent = true;
    gather(structure).then((found) => isCurrent && setPictures(found));
    return () => {
      isCurrent = false;
    };
  }, [structure, version]);
  return pictures;
}

async function gather(structure: Structure): Promise<Pictures> {
  const outs = structure.tasks.flatMap(({ outs }) => outs.filter(({ kind }) => kind !== 'file'));
  const folders = outs.filter(({ kind }) => kind === 'folder');
  const items = outs.filter(({ kind }) => kind === 'items');
  const found = new Map<string, PicturePlace>();
  for (const { view } of [...folders, ...items]) {
    // What was never made has no pictures.
    const answer = await ask<ContentsAnswer>(`api/${address('contents', `artifacts/${view}`)}`).catch(() => undefined);
    for (const { path, id } of answer?.entries ?? []) {
      if (answer && isPicture(path)) found.set(id ?? path, { path: `${view}/${path}`, version: answer.digest });
    }
  }
  return found;
}

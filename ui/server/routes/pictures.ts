import { DiagnosticError } from '../../../engine/model/diagnostic.ts';
import type { ContentsAnswer } from '../../../engine/model/inspection.ts';
import { json, type Route } from '../request.ts';

export interface PicturePlace {
  /** Below artifacts/. */
  readonly path: string;
  /** Digest of the artifact that holds it. */
  readonly version: string;
}

/** Where the picture of a photo lies, by its id: of item stages by item, of other folders by path; items count first. */
export const pictures: Route = {
  method: 'GET',
  pattern: '/api/pictures',
  answer: async (_, desk) => {
    const project = await desk.project();
    const outs = (await project.structure()).tasks.flatMap((task) => task.outs);
    const folders = ['folder', 'items'].flatMap((kind) => outs.filter((out) => out.kind === kind));
    const found: Record<string, PicturePlace> = {};
    for (const { view } of folders) {
      const answer = await project.contents(`artifacts/${view}`).catch(passOverWhatWasNeverMade);
      for (const { path, id } of answer?.entries ?? []) {
        if (answer && isPicture(path)) found[id ?? path] = { path: `${view}/${path}`, version: answer.digest };
      }
    }
    return json(found);
  },
};

function passOverWhatWasNeverMade(error: unknown): ContentsAnswer | undefined {
  if (error instanceof DiagnosticError) return undefined;
  throw error;
}

const isPicture = (path: string): boolean => /\.(jpe?g|png|webp|gif)$/i.test(path);

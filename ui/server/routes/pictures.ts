import { isPicture } from '../is-picture.ts';
import { json, type Route } from '../request.ts';
import { unlessNeverMade } from '../unless-never-made.ts';

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
      const answer = await project.contents(`artifacts/${view}`).catch(unlessNeverMade);
      for (const { path, id } of answer?.entries ?? []) {
        if (answer && isPicture(path)) found[id ?? path] = { path: `${view}/${path}`, version: answer.digest };
      }
    }
    return json(found);
  },
};

import { isPicture } from '../is-picture.ts';
import { json, type Route } from '../request.ts';
import { unlessNeverMade } from '../unless-never-made.ts';
import { loadSharp } from './thumbnail.ts';

/** A folder that a stage makes, with its first pictures; without `made` where it was never made. */
export interface FolderAnswer {
  readonly task: string;
  readonly out: string;
  /** Below artifacts/. */
  readonly view: string;
  readonly made?: {
    readonly files: number;
    readonly digest: string;
    /** Below the folder. */
    readonly pictures: readonly string[];
  };
}

/** How many pictures of a folder are named. */
const shown = 6;

/** Every folder that stages make, `?task=NAME` those of one task: one question instead of one a folder. */
export const folders: Route = {
  method: 'GET',
  pattern: '/api/folders',
  answer: async ({ query }, desk) => {
    loadSharp().catch(() => {});
    const project = await desk.project();
    const only = query.get('task');
    const tasks = (await project.structure()).tasks.filter(({ task }) => only === null || task === only);
    const found: FolderAnswer[] = [];
    for (const { task, outs } of tasks) {
      for (const { name, view } of outs.filter(({ kind }) => kind !== 'file')) {
        const answer = await project.contents(`artifacts/${view}`).catch(unlessNeverMade);
        const pictures = answer?.entries.filter(({ path }) => isPicture(path)).slice(0, shown) ?? [];
        found.push({
          ...{ task, out: name, view },
          ...(answer && {
            made: { files: answer.entries.length, digest: answer.digest, pictures: pictures.map(({ path }) => path) },
          }),
        });
      }
    }
    return json(found);
  },
};

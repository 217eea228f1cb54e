/** Paths that lead to what the pipeline itself makes: read as sources, these would change behind the readers' backs. */
import { posix } from 'node:path';
import { taskFolder } from '../model/names.ts';
import { type Reference, splitGlob } from '../model/reference.ts';
import type { Fault } from './fault.ts';
import { expandOuts } from './outs.ts';
import type { StageTable, StageTasks } from './stages.ts';

type PathReference = Extract<Reference, { kind: 'path' }>;

/**
 * No disk is asked, so that a link, a path from the root on, and what a stage left that the pipeline has no more are
 * nobody's here.
 */
export function findOwnFolder({ path, glob }: PathReference, stages: StageTable): Fault | undefined {
  const place = posix.normalize(glob ? splitGlob(path).folder || '.' : path).replace(/(?<=.)\/$/, '');
  // A wildcard walks into neither of the two.
  if (!glob && /^(?:\.|\.\.(?:\/\.\.)*)$/.test(place)) {
    return {
      code: 'own-folder',
      message: `the folder '${path}' holds artifacts/ and .flow/, in which every run writes`,
      hint: 'name the files or folders in it that are meant, or a glob such as *.csv',
    };
  }
  const [top, name] = place.split('/');
  if (top !== 'artifacts') return undefined;
  if (name === undefined) {
    const message = `'${path}' leads through artifacts/, where stages put what they make`;
    return { code: 'own-folder', message, hint: 'write the names of the stages, so that they run before' };
  }
  const stage = stages.get(name);
  if (!stage) return undefined;
  const message = `'${path}' lies where stage '${name}' puts what it makes`;
  return { code: 'own-folder', message, hint: `write ${nameOutput(place, stage)}, so that it runs before` };
}

/** The reference to what lies at or around a place, or the whole stage's where that is several. */
function nameOutput(place: string, { stage, tasks }: StageTasks): string {
  const isAt = (view: string) => place === view || place.startsWith(`${view}/`);
  for (const { name, matrix } of tasks) {
    const out = expandOuts(stage, matrix, taskFolder(stage.name, matrix)).find(({ view }) => isAt(`artifacts/${view}`));
    if (out) return stage.out.length === 1 ? name : `${name}.${out.name}`;
  }
  return stage.name;
}

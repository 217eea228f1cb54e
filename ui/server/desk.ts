import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openProject } from '../../engine/engine.ts';
import type { Project, ProjectOptions } from '../../engine/model/project.ts';

/** What routes work on: the project as it stands now, and where it lies. */
export interface Desk {
  readonly root: string;
  /** The pipeline's file, absolute. */
  readonly pipeline: string;
  /** Opened again once the pipeline or what artifacts/ shows has changed; it stays open until it is replaced. */
  readonly project: () => Promise<Project>;
  readonly close: () => Promise<void>;
}

/** Milliseconds for which a replaced project stays open, since answers that began with it may still go on. */
const lingers = 60_000;

export function openDesk(options: ProjectOptions): Desk {
  const { root } = options;
  const pipeline = join(root, options.pipeline ?? 'pipeline.yaml');
  const watched = [pipeline, join(root, '.flow', 'view.json'), join(root, 'corrections.csv')];
  let stamp = '';
  let current: Promise<Project> | undefined;
  const old = new Map<NodeJS.Timeout, Promise<Project>>();

  const close = async (project: Promise<Project>) => (await project.catch(() => undefined))?.close();
  const retire = (project: Promise<Project>) => {
    const timer = setTimeout(() => {
      old.delete(timer);
      close(project);
    }, lingers);
    timer.unref();
    old.set(timer, project);
  };
  return {
    root,
    pipeline,
    project: () => {
      const now = watched.map(stampOf).join(' ');
      if (current !== undefined && now === stamp) return current;
      if (current !== undefined) retire(current);
      stamp = now;
      current = openProject(options);
      return current;
    },
    close: async () => {
      for (const timer of old.keys()) clearTimeout(timer);
      await Promise.all([...old.values(), ...(current ? [current] : [])].map(close));
    },
  };
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? 'none' : `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
}

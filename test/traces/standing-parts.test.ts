import assert from 'node:assert/strict';
import { readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { objects, tamper } from './finished-run.ts';
import type { TraceProject } from './project.ts';

import { artifact, files, forget, inOrder, inQuiet, names, objectOf, told } from './standing-project.ts';

// Of a pipeline of which something changed since a quiet run, the stages that this does not reach are not decided on.

interface Edit {
  readonly edit: (project: TraceProject) => void;
  readonly others: readonly string[];
  /** What is decided on; nothing where all is. */
  readonly decided?: readonly string[];
}

const edits: Record<string, Edit> = {
  'a changed source': {
    edit: ({ write }) => write('in/lone.txt', 'other'),
    others: ['ran lone'],
    decided: ['lone'],
  },
  'a source at the top of a chain': {
    edit: ({ write }) => write('in/top.txt', 'new'),
    others: ['ran top', 'ran low', 'ran lowest'],
    decided: ['top', 'low', 'lowest'],
  },
  'a source of which nothing reaches far': {
    edit: ({ write }) => write('in/top.txt', 'tip'),
    others: ['ran top', 'ran low'],
    decided: ['top', 'low', 'lowest'],
  },
  'a touched source beside a changed one': {
    edit: ({ root, write }) => {
      utimesSync(join(root, 'in/top.txt'), 1, 1);
      write('in/lone.txt', 'other');
    },
    others: ['ran lone'],
    decided: ['lone'],
  },
  'another script': {
    edit: ({ write }) => write('script.sh', 'echo other'),
    others: ['ran script'],
    decided: ['script'],
  },
  'an item more': {
    edit: ({ write }) => write('photos/c.txt', 'c'),
    others: ['ran each: 1 made, 2 reused, 0 skipped', 'ran album'],
    decided: ['each', 'album'],
  },
  'a damaged output below a chain': {
    edit: (project) => tamper(artifact(project, 'lowest/lowest.txt')),
    others: ['restored lowest'],
    decided: ['top', 'low', 'lowest'],
  },
  'an output that is gone': {
    edit: (project) => rmSync(artifact(project, 'low/low.txt')),
    others: ['restored low'],
    decided: ['top', 'low', 'lowest'],
  },
  'an output that is gone from the store, too': {
    edit: (project) => {
      rmSync(objectOf(project, 'script\n'), { force: true });
      rmSync(artifact(project, 'script/script.txt'));
    },
    others: ['ran script'],
    decided: ['script'],
  },
  'a list of items that is gone, and an album that needs it': {
    edit: (project) => {
      rmSync(artifact(project, 'album/album/all.txt'));
      rmSync(objectOf(project, 'ab'), { force: true });
      for (const path of objects(project)) if (readFileSync(path, 'utf8').includes('a.txt')) rmSync(path);
    },
    others: ['ran each: 0 made, 2 reused, 0 skipped', 'ran album'],
    decided: ['each', 'album'],
  },
  'a file more in the view': {
    edit: (project) => project.write('artifacts/each/more.txt', 'more'),
    others: ['restored each'],
    decided: ['each', 'album'],
  },
  'a book of the view that is gone': {
    edit: ({ root }) => rmSync(join(root, '.flow/view.json')),
    others: names.map((name) => `restored ${name}`),
  },
  'another parameter': {
    edit: ({ write }) => write('pipeline.yaml', files['pipeline.yaml'].replace("end: ''", 'end: z')),
    others: ['ran lowest', 'ran mood'],
  },
};

for (const [name, { edit, others, decided = names }] of Object.entries(edits)) {
  test(`what stands beside ${name} is not even read`, () =>
    inQuiet(async (project) => {
      edit(project);
      forget(project, decided);
      assert.deepEqual(inOrder(await project.run()), told(others));
      // What is there is what a run shows that knows nothing of the quiet one.
      const shown = project.files('artifacts').map((path) => project.read(`artifacts/${path}`));
      rmSync(join(project.root, '.flow/cache'), { recursive: true });
      assert.deepEqual(await project.run(), told([]));
      assert.deepEqual(
        project.files('artifacts').map((path) => project.read(`artifacts/${path}`)),
        shown,
      );
    }));
}

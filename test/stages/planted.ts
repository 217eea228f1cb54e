/** Runs the shipped pipeline to `proposals` on a contest of its own drawing, and counts what was found of what was planted. */
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { readTable } from '../../vision/labels/table.ts';

interface Truth {
  readonly wrongLabels: readonly { readonly photo: string }[];
  readonly turned: readonly { readonly photo: string; readonly turn: number }[];
  readonly sideways: readonly { readonly photo: string }[];
}

export interface Found {
  /** Places in the list of proposals, from 1, at which wrong labels are named; as many as were found. */
  readonly labels: readonly number[];
  readonly wrongLabels: number;
  readonly turned: number;
  /** Photos on their side that are not proposed to be turned as they should. */
  readonly missed: readonly string[];
  /** Photos that lie upright and are proposed for turning. */
  readonly upright: readonly string[];
  /** Of those, the ones that EXIF mends. */
  readonly sideways: readonly string[];
}

export interface PlantedRequest {
  /** Where this project's sources lie. */
  readonly root: string;
  /** An empty folder. */
  readonly folder: string;
  /** Of the stage `sample`. */
  readonly seed: number;
}

export async function findPlanted({ root, folder, seed }: PlantedRequest): Promise<Found> {
  for (const name of ['engine', 'stages', 'vision', 'package.json'])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const shipped = await readFile(join(root, 'pipeline.yaml'), 'utf8');
  const drawn = shipped.replace(/(perClass: \d+, test: \d+, seed:) \d+/, `$1 ${seed}`);
  if (!drawn.includes(`test: 60, seed: ${seed} }`)) throw new Error('The seed of sample is no longer where it was.');
  await writeFile(join(folder, 'pipeline.yaml'), drawn);
  await execa('node', [join(root, 'engine/cli/flow.mjs'), 'run', 'proposals'], { cwd: folder });

  const truth = JSON.parse(await readFile(join(folder, 'artifacts/sample/truth.json'), 'utf8')) as Truth;
  const { rows } = await readTable(join(folder, 'artifacts/proposals/proposals.csv'), ['photo', 'turn', 'kind']);
  const wrong = new Set(truth.wrongLabels.map(({ photo }) => photo));
  const labels = rows.flatMap((row, place) =>
    row.get('kind') === 'label' && wrong.has(row.get('photo')) ? [place + 1] : [],
  );
  const turns = new Map(
    rows.filter((row) => row.get('kind') === 'turn').map((row) => [row.get('photo'), row.get('turn')]),
  );
  const missed = truth.turned.filter(({ photo, turn }) => turns.get(photo) !== String(turn)).map(({ photo }) => photo);
  const lying = new Set(truth.turned.map(({ photo }) => photo));
  const upright = [...turns.keys()].filter((photo) => !lying.has(photo));
  const mended = new Set(truth.sideways.map(({ photo }) => photo));
  return {
    labels,
    wrongLabels: wrong.size,
    turned: lying.size,
    missed,
    upright,
    sideways: upright.filter((photo) => mended.has(photo)),
  };
}

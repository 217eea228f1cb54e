/** What a stage can change of its process without meaning its neighbours: put back before the next one runs. */

export interface WorkerSurroundings {
  readonly folder: string;
  readonly mask: number;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export function readSurroundings(): WorkerSurroundings {
  return { folder: process.cwd(), mask: process.umask(), variables: { ...process.env } };
}

export function restoreSurroundings({ folder, mask, variables }: WorkerSurroundings): void {
  process.chdir(folder);
  process.umask(mask);
  for (const name of Object.keys(process.env)) if (variables[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(variables)) if (process.env[name] !== value) process.env[name] = value;
}

import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Refusal } from './request.ts';

/** The place of a file below artifacts/; whatever leads out of it, by dots or by links, is refused. */
export function artifactPath(root: string, path: string): string {
  const folder = join(root, 'artifacts');
  let real: string;
  let inside: string;
  try {
    inside = realpathSync(folder);
    real = realpathSync(join(folder, path));
  } catch {
    throw new Refusal(404, `artifacts/${path} is not there.`);
  }
  if (path.includes('\0') || !real.startsWith(`${inside}${sep}`)) {
    throw new Refusal(403, 'Only files below artifacts/ are shown.');
  }
  return real;
}

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Digest, RunId } from '../model/names.ts';
import type { Layout } from './layout.ts';
import type { Lives } from './lives.ts';
import type { Objects } from './objects.ts';

/**
 * A run writes down which objects it counts on and then passes the gate; who drops objects shuts the gate and then reads
 * what living runs wrote. So either the object is known to be needed, or the run waits, and finds it gone at its next look.
 */
export function createReliance(layout: Layout, run: RunId, lives: Pick<Lives, 'begin' | 'passGate'>): Objects['rely'] {
  const path = layout.relied(run);
  return async (digests) => {
    if (digests.length === 0) return;
    await lives.begin();
    appendFileSync(path, `${digests.join('\n')}\n`);
    if (existsSync(layout.gate)) await lives.passGate();
  };
}

export function readRelied(layout: Layout, run: RunId): readonly Digest[] {
  const path = layout.relied(run);
  return existsSync(path) ? (readFileSync(path, 'utf8').split('\n').slice(0, -1) as Digest[]) : [];
}

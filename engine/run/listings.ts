import type { ResolvedInputs } from '../plan/inputs.ts';
import type { Workshop } from './job.ts';

/**
 * Keeps the lists of the source folders that a task read, so that it can be said later which of their files changed,
 * and what a file was whose folder has changed since.
 */
export async function keepListings(resolved: ResolvedInputs, { store, survey }: Workshop): Promise<void> {
  for (const piece of [...resolved.inputs.flatMap(({ pieces }) => pieces), ...resolved.each]) {
    if (piece.made || (piece.kind !== 'folder' && piece.kind !== 'glob')) continue;
    const state = survey.state({ path: piece.path, glob: piece.kind === 'glob' });
    if (state.kind === 'folder' && state.digest === piece.digest) await store.putManifest(state.manifest());
  }
}

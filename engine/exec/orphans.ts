/** Children of runs whose engine died without ending them. */
import { markers } from './environment.ts';
import { killMarked } from './processes.ts';

/**
 * Kills what is left of these runs of the project and gives the number of processes. Only for runs whose engine is
 * known to be dead. Linux only: elsewhere orphans write into attempt folders that nothing reads any more.
 */
export function endOrphans(root: string, deadRuns: readonly string[]): number {
  let killed = 0;
  for (const run of deadRuns) killed += killMarked([`${markers.run}=${run}`, `${markers.root}=${root}`]);
  return killed;
}

/**
 * Times the scoring of every choice of one to three among ten models on 2,000 photos, and the resampling behind it.
 *
 * node --import tsx bench/ensemble.ts
 * The peer is the plain definition: a mean, a softmax and a curve for each choice by itself, photos sorted by score.
 */

import { drawCandidates, plainlyScored } from '../test/vision/metrics/plain-choices.ts';
import { scoreChoices } from '../vision/metrics/choices.ts';
import { resampleChoices } from '../vision/metrics/resampling.ts';
import { seedRandom } from '../vision/training/random.ts';

const runs = 5;
const sizes = { atLeast: 1, atMost: 3 };
const candidates = drawCandidates(seedRandom('bench'), { photos: 2000, models: 10 });

/** Milliseconds of this thread's own work, since other work on the machine is not what is measured. */
function timeOf(work: () => unknown): { readonly clock: number; readonly cpu: number } {
  const start = performance.now();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return { clock: performance.now() - start, cpu: (user + system) / 1000 };
}

/** The run with the median of the clock. */
function medianOf(work: () => unknown): { readonly clock: number; readonly cpu: number } {
  const times = Array.from({ length: runs }, () => timeOf(work));
  return times.sort((one, other) => one.clock - other.clock)[Math.floor(runs / 2)] as (typeof times)[number];
}

const write = (name: string, { clock, cpu }: ReturnType<typeof timeOf>) =>
  console.log(`${name.padEnd(24)} ${clock.toFixed(0)} ms by the clock, ${cpu.toFixed(0)} ms of work`);

const choices = scoreChoices(candidates, sizes);
const scoring = medianOf(() => scoreChoices(candidates, sizes));
const plain = medianOf(() => plainlyScored(candidates, sizes));
console.log(`${choices.length} choices of 2000 photos, 4 classes, median of ${runs}`);
write('scored', scoring);
write('by the plain definition', plain);
console.log(`ratio of the clocks ${(scoring.clock / plain.clock).toFixed(2)}`);
const resampling = { resamples: 200, random: seedRandom('boards') };
write(
  '200 resampled boards',
  timeOf(() => resampleChoices(candidates, choices, resampling)),
);

import type { PastRun } from '../../model/provenance.ts';
import type { Output } from '../console.ts';
import { formatAge, formatDuration } from './amounts.ts';
import { describeSettings } from './status.ts';
import { composeLine, padStartTo, padTo } from './text.ts';

/** A line a run, newest first: its name, what it did, for what. */
export function renderRuns(
  runs: readonly PastRun[],
  { paint, size }: Pick<Output, 'paint' | 'size'>,
  now: number,
): string {
  if (runs.length === 0) return 'nothing has run yet\n';
  const lines = runs.map((run) => {
    const { summary, targets, force, settings } = run;
    const state = summary?.outcome ?? (run.isRunning ? 'running' : 'killed');
    const colour = state === 'done' ? paint.green : state === 'running' ? paint.cyan : paint.red;
    const asked = [targets.join(' ') || 'all', ...force.map((name) => `--force ${name}`), describeSettings(settings)];
    const cells = [
      { text: `${run.run}  ` },
      { text: padTo(state, 12), paint: colour },
      { text: padStartTo(summary ? formatDuration(summary.seconds) : '', 12) },
      { text: padStartTo(formatAge((now - run.at) / 1000), 13) },
      { text: padStartTo(summary ? `${summary.ran} ran` : '', 10) },
      { text: `  ${asked.filter(Boolean).join(' ')}` },
    ];
    return composeLine(cells, size().columns).trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

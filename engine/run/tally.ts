import type { RunSummary } from '../model/event.ts';

/** Counts what a run did. */
export function createTally(startedAt: number) {
  const counts = { ran: 0, reused: 0, restored: 0, kept: 0, failed: 0, blocked: 0, savedSeconds: 0 };
  return {
    ran: () => {
      counts.ran += 1;
    },
    reused: (seconds: number, restored: boolean) => {
      counts[restored ? 'restored' : 'reused'] += 1;
      counts.savedSeconds += seconds;
    },
    kept: () => {
      counts.kept += 1;
    },
    failed: () => {
      counts.failed += 1;
    },
    blocked: () => {
      counts.blocked += 1;
    },
    summary: (interrupted: boolean, now: number): RunSummary => ({
      ...counts,
      outcome: interrupted ? 'interrupted' : counts.failed > 0 ? 'failed' : 'done',
      seconds: (now - startedAt) / 1000,
    }),
  };
}

import { readFileSync, writeFileSync } from 'node:fs';

let since = performance.now();

/** A job shorter than this, in milliseconds, is not worth the reading of its peak. */
const shortJob = 20;

/**
 * The peak of this process's memory since the last call, in bytes; after a short job only what it holds now. Linux can
 * set the peak back; elsewhere it is that of the process's whole life.
 */
export function measureMemory(): number {
  const now = performance.now();
  const wasShort = now - since < shortJob;
  since = now;
  if (wasShort) return process.memoryUsage.rss();
  try {
    const peak = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    // 5 sets the peak back to what is held now (proc(5), clear_refs).
    writeFileSync('/proc/self/clear_refs', '5');
    if (peak !== undefined) return Number(peak) * 1024;
  } catch {
    // No /proc, or one that may not be written to.
  }
  return process.resourceUsage().maxRSS * 1024;
}

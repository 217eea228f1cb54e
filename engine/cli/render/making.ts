import type { LogEntry } from '../../model/provenance.ts';
import { listUndeclared } from '../../model/undeclared.ts';
import { formatCount } from './amounts.ts';
import { describeFailure } from './failure.ts';
import { printable } from './text.ts';

/** What was not as it should be while a result was made: attempts that failed before it, files that it read beside its declarations. */
export function describeMaking({ earlier = [], undeclared }: Pick<LogEntry, 'earlier' | 'undeclared'>): string[] {
  const failed = earlier.map((failure, index) => `attempt ${index + 1} failed: ${describeFailure(failure).title}`);
  const read =
    undeclared === undefined || undeclared.count === 0
      ? []
      : [
          `read ${formatCount(undeclared.count, 'undeclared file')}: ${listUndeclared(undeclared.paths, undeclared.count)}`,
        ];
  return [...failed, ...read].map(printable);
}

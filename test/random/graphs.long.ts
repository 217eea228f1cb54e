import { test } from 'node:test';
import { runSideBySide } from '../side-by-side.ts';

test('after any edits, faults and kills a run does the least that is needed, as planned, and ends as a clean one', () =>
  runSideBySide(new URL('./graphs-worker.ts', import.meta.url), 2000));

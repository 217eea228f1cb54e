import { test } from 'node:test';
import { checkRandomGraphs } from './graphs.ts';

test('after any edits and faults a run does the least that is needed, as planned, and ends as a clean one', () =>
  checkRandomGraphs({ cases: 100, kills: false, size: 3 }));

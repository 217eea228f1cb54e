import { test } from 'node:test';
import { checkRandomGraphs } from './graphs.ts';

test('after any edits, faults and kills a run does the least that is needed, as planned, and ends as a clean one', () =>
  checkRandomGraphs({ cases: 2000, kills: true, size: 6 }));

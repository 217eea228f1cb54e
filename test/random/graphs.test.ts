import { test } from 'node:test';
import { checkRandomGraphs } from './graphs.ts';

test('after any edits a run does the least that is needed, as planned, and ends as a clean one', () =>
  checkRandomGraphs(30));

import { test } from 'node:test';
import { runSideBySide } from '../side-by-side.ts';
import { kills } from './kills.ts';

test('killed at two hundred moments of a cold run of a hundred tasks: the next run ends as a clean one', () =>
  runSideBySide(new URL('./kills-worker.ts', import.meta.url), kills));

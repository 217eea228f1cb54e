import { test } from 'node:test';
import { killAndGoOn } from './kills.ts';

test('killed at two hundred moments of a cold run of a hundred tasks: the next run ends as a clean one', () =>
  killAndGoOn(200));

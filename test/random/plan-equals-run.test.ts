import { test } from 'node:test';
import { checkPlans } from './plan-equals-run.ts';

test('after 20 random edits what a plan said is what the run did, but for what it called wait', () => checkPlans(20));

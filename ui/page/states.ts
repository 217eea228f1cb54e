/** How a task stands, from what a plan says and what a run says now. The page never shows a state by colour alone. */
import type { TaskState } from '../server/routes/states.ts';
import type { LiveRun, LiveTask } from './live.ts';

export type StateName =
  | 'current'
  | 'stale'
  | 'never'
  | 'waiting'
  | 'running'
  | 'failed'
  | 'blocked'
  | 'maybe'
  | 'unknown';

export const stateWords: Readonly<Record<StateName, string>> = {
  current: 'up to date',
  stale: 'will run',
  never: 'never ran',
  waiting: 'waits for others',
  running: 'running',
  failed: 'failed',
  blocked: 'blocked',
  maybe: 'if chosen',
  unknown: '…',
};

/** The most pressing first: what a node of many tasks shows. */
const order: readonly StateName[] = [
  'failed',
  'running',
  'blocked',
  'stale',
  'never',
  'waiting',
  'unknown',
  'current',
  'maybe',
];

export interface Standing {
  readonly state: StateName;
  readonly seconds?: number;
  readonly live?: LiveTask;
}

export type States = Readonly<Record<string, TaskState>>;

export function standingOf(task: string, states: States | undefined, run: LiveRun | undefined): Standing {
  const live = run?.tasks.get(task);
  const known = states?.[task];
  // What an ended run said is older than what the plan says, but for what failed and was not mended since.
  if (live && (!run?.isOver || (live.state === 'failed' && known?.decision !== 'reuse'))) {
    const state = live.state === 'done' || live.state === 'reused' ? 'current' : live.state;
    return { state, live, ...(live.seconds === undefined ? {} : { seconds: live.seconds }) };
  }
  if (known === undefined) return { state: 'unknown' };
  return { state: nameOf(known), ...(known.seconds === undefined ? {} : { seconds: known.seconds }) };
}

function nameOf({ decision, first }: TaskState): StateName {
  switch (decision) {
    case 'reuse':
    case 'restore':
    case 'keep':
      return 'current';
    case 'run':
      return first ? 'never' : 'stale';
    case 'wait':
      return 'waiting';
    case 'fail':
      return 'blocked';
    default:
      return decision;
  }
}

/** How many tasks stand how, the most pressing first; nothing of those that are not known yet. */
export function countStates(standings: readonly Standing[]): (readonly [StateName, number])[] {
  return order.flatMap((state) => {
    const amount = standings.filter((one) => one.state === state).length;
    return amount === 0 || state === 'unknown' ? [] : [[state, amount] as const];
  });
}

export function worst(standings: readonly Standing[]): StateName {
  return order.find((state) => standings.some((one) => one.state === state)) ?? 'unknown';
}

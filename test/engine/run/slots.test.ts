import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resources } from '../../../engine/model/spec.ts';
import type { TaskNode } from '../../../engine/model/task.ts';
import { createSlots, type Seat } from '../../../engine/run/slots.ts';

const gigabyte = 2 ** 30;

function task(resources: Partial<Resources> = {}, each = false, name = 'task'): TaskNode {
  const demand = { cpu: 1, memory: 0, gpu: 0, locks: [], ...resources };
  return { name, resources: demand, ...(each ? { each: {} } : {}) } as unknown as TaskNode;
}

function open(cpu: number, more: { memory?: number; gpu?: number } = {}, passesOn = (_task: TaskNode) => false) {
  const stop = new AbortController();
  let opened = 0;
  const capacity = { cpu, memory: 8 * gigabyte, gpu: 1, ...more };
  const count = () => {
    opened += 1;
  };
  const slots = createSlots({ capacity, signal: stop.signal, opened: count, passesOn });
  return { ...slots, stop, opened: () => opened };
}

/** What a seat was given, or that it still waits. */
async function state(seat: Seat): Promise<unknown> {
  return Promise.race([seat.begin(), new Promise((resolve) => setImmediate(resolve, 'waits'))]);
}

/** Takes seats as long as more tasks may be made ready. */
function takeAll(slots: ReturnType<typeof open>, one: () => TaskNode): Seat[] {
  const seats: Seat[] = [];
  while (slots.isOpen()) seats.push(slots.take(one()) as Seat);
  return seats;
}

test('as many are made ready ahead as there are cores, and begin in the order in which they are ready', async () => {
  const slots = open(2);
  const seats = takeAll(slots, task);
  assert.equal(seats.length, 4);
  const [first, second, third, fourth] = seats as [Seat, Seat, Seat, Seat];
  const one = { workers: 1, cpu: 1 };
  assert.deepEqual([await state(first), await state(second)], [one, one]);
  assert.equal(slots.isOpen(), false);
  assert.deepEqual([await state(fourth), await state(third)], ['waits', 'waits']);
  first.leave();
  first.leave();
  assert.deepEqual([await state(fourth), await state(third)], [one, 'waits']);
  // A second try of the same task goes on in its slot.
  assert.deepEqual(await state(second), one);
});

test('who leaves before it began gives its place to another', async () => {
  const slots = open(1);
  const [first, second] = takeAll(slots, task) as [Seat, Seat];
  assert.equal(slots.isOpen(), false);
  second.leave();
  assert.equal(slots.isOpen(), true);
  assert.ok(slots.opened() > 0);
  assert.deepEqual(await state(first), { workers: 1, cpu: 1 });
});

test('what is wanted beside cores is held from the start, so that nobody who is ready waits for it', async () => {
  const slots = open(4);
  const locked = () => task({ locks: ['board'] });
  const first = slots.take(locked()) as Seat;
  assert.equal(slots.take(locked()), undefined);
  const gpu = slots.take(task({ gpu: 1, memory: 5 * gigabyte })) as Seat;
  assert.equal(slots.take(task({ gpu: 1 })), undefined);
  assert.equal(slots.take(task({ memory: 4 * gigabyte })), undefined);
  assert.notEqual(await state(gpu), 'waits');
  first.leave();
  assert.notEqual(slots.take(locked()), undefined);
});

test('items spread over all cores that are free when they begin, and as far as memory goes', async () => {
  const slots = open(4);
  const items = slots.take(task({}, true)) as Seat;
  assert.deepEqual(await state(items), { workers: 4, cpu: 4 });
  items.leave();
  const large = slots.take(task({ memory: 3 * gigabyte }, true)) as Seat;
  assert.deepEqual(await state(large), { workers: 2, cpu: 2 });
  const wide = slots.take(task({ cpu: 3 })) as Seat;
  assert.equal(await state(wide), 'waits');
  large.leave();
  assert.deepEqual(await state(wide), { workers: 1, cpu: 3 });
});

test('a task that wants more than the machine has is given the machine', async () => {
  const slots = open(2, { gpu: 0 });
  const huge = slots.take(task({ cpu: 16, memory: 1000 * gigabyte, gpu: 2 })) as Seat;
  assert.deepEqual(await state(huge), { workers: 1, cpu: 2 });
});

test('whoever waits when the run is stopped never begins', async () => {
  const slots = open(1);
  const [first, second] = takeAll(slots, task) as [Seat, Seat];
  assert.notEqual(await state(first), 'waits');
  const waiting = second.begin();
  slots.stop.abort();
  assert.equal(await waiting, undefined);
  assert.deepEqual(await state(first), { workers: 1, cpu: 1 });
});

/** Whom a seat's slot is behind, and whether a core is its own by now. */
async function turnOf(seat: Seat): Promise<{ behind: string | undefined; isFree: boolean }> {
  const { turn } = (await seat.begin()) ?? {};
  const later = new Promise<boolean>((resolve) => setImmediate(resolve, false));
  const isFree = turn === undefined || (await Promise.race([turn.free.then(() => true), later]));
  return { behind: turn?.behind, isFree };
}

const anyOf = (names: string) => [...names].map((name) => () => task({}, false, name));

function takeNamed(slots: ReturnType<typeof open>, names: string): Seat[] {
  return anyOf(names).map((one) => slots.take(one()) as Seat);
}

test('whoever passes its core on is followed by one that is ready, which has it when the first has left', async () => {
  const slots = open(1, {}, () => true);
  const [first, second, third] = takeNamed(slots, 'abc') as [Seat, Seat, Seat];
  assert.deepEqual(await turnOf(first), { behind: undefined, isFree: true });
  assert.deepEqual(await turnOf(second), { behind: 'a', isFree: false });
  assert.equal(await state(third), 'waits');
  first.leave();
  assert.deepEqual(await turnOf(second), { behind: 'a', isFree: true });
  assert.deepEqual(await turnOf(third), { behind: 'b', isFree: false });
});

test('a core that is free earlier goes to whoever waits behind another, whom somebody else may follow then', async () => {
  const slots = open(2, {}, () => true);
  const [long, short, next, last] = takeNamed(slots, 'abcd') as [Seat, Seat, Seat, Seat];
  await Promise.all([long.begin(), short.begin()]);
  assert.deepEqual(await turnOf(next), { behind: 'a', isFree: false });
  short.leave();
  assert.deepEqual(await turnOf(next), { behind: 'a', isFree: true });
  assert.deepEqual(await turnOf(last), { behind: 'a', isFree: false });
});

test('a core that is passed on goes to its follower, but nobody follows past one that cannot and has waited longer', async () => {
  const slots = open(1, {}, ({ name }) => name !== 'x');
  const [first, follower, other, last] = takeNamed(slots, 'abxc') as [Seat, Seat, Seat, Seat];
  await first.begin();
  assert.deepEqual(await turnOf(follower), { behind: 'a', isFree: false });
  assert.deepEqual([await state(other), await state(last)], ['waits', 'waits']);
  first.leave();
  assert.deepEqual(await turnOf(follower), { behind: 'a', isFree: true });
  assert.deepEqual([await state(other), await state(last)], ['waits', 'waits']);
  follower.leave();
  assert.deepEqual(await turnOf(other), { behind: undefined, isFree: true });
  assert.equal(await state(last), 'waits');
});

test('a follower that leaves, or a run that is stopped, leaves the place behind the first to nobody', async () => {
  const slots = open(1, {}, () => true);
  const [first, second, third] = takeNamed(slots, 'abc') as [Seat, Seat, Seat];
  await first.begin();
  assert.deepEqual(await turnOf(second), { behind: 'a', isFree: false });
  second.leave();
  assert.deepEqual(await turnOf(third), { behind: 'a', isFree: false });
  slots.stop.abort();
  first.leave();
  assert.deepEqual(await turnOf(third), { behind: 'a', isFree: false });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { ActionKey, Digest } from '../../../engine/model/names.ts';
import type { PlannedItem } from '../../../engine/run/items.ts';
import { createItemKeeper } from '../../../engine/run/keep-items.ts';

const digest = 'd'.repeat(64) as Digest;

function finished(id: string) {
  const planned: PlannedItem = {
    item: { id, path: `in/${id}`, digest },
    key: id as ActionKey,
    places: {},
    record: undefined,
  };
  return { planned, outcome: { kind: 'made' as const, id, seconds: 1 }, outputs: { out: `/attempt/${id}` } };
}

function keeper(changed: readonly string[] = [], shared: readonly string[] = []) {
  const commits: number[] = [];
  const made = createItemKeeper({
    store: {
      take: async () => ({ digest, bytes: 1 }),
      commit: async ({ items = [] }) => void commits.push(items.length),
    },
    shared: shared.map((path) => ({ path, glob: false })),
    givenUp: () => {},
    changed: async (queries) => {
      const paths = changed.filter((path) => queries.some((query) => query.path.startsWith(path)));
      return { paths, fresh: paths };
    },
  });
  return { ...made, commits };
}

test('items are kept in few groups, whenever they come', async () => {
  const { add, finish, commits } = keeper();
  const items = Array.from({ length: 1203 }, (_, index) => finished(`${index}`));
  for (const item of items.slice(0, 1200)) add(item);
  const kept1200 = () => commits.reduce((sum, count) => sum + count, 0) === 1200;
  while (!kept1200()) await setTimeout(10);
  // Beyond its patience, after what it waited for was already taken along.
  await setTimeout(120);
  for (const item of items.slice(1200)) add(item);
  await setTimeout(120);
  assert.deepEqual(commits, [500, 500, 200, 3]);
  const kept = await finish();
  assert.equal(kept.made.size, 1203);
  assert.equal(kept.seconds, 1203);
  assert.ok(items.every(({ planned }) => planned.record !== undefined));
});

test('while a group is kept, others get their turn', async () => {
  const { add, finish, commits } = keeper();
  for (let index = 0; index < 500; index++) add(finished(`${index}`));
  let turns = 0;
  const count = () => {
    if (commits.length > 0) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  await finish();
  assert.ok(turns > 10, `${turns} turns`);
});

test('what is still waiting at the end is kept at once', async () => {
  const { add, finish, commits } = keeper();
  add(finished('a'));
  assert.equal((await finish()).made.size, 1);
  assert.deepEqual(commits, [1]);
});

test('an item whose source changed is not kept, also where a whole folder is named', async () => {
  for (const changed of [['in/b/2'], ['in/b']]) {
    const { add, finish } = keeper(changed);
    for (const id of ['a/1', 'b/2', 'c/3']) add(finished(id));
    assert.deepEqual([...(await finish()).made], ['a/1', 'c/3']);
  }
});

test('nothing is kept once what every item reads has changed', async () => {
  const { add, finish, commits } = keeper(['weights'], ['weights']);
  for (const id of ['a/1', 'b/2']) add(finished(id));
  assert.equal((await finish()).made.size, 0);
  assert.deepEqual(commits, []);
});

test('a store that refuses is told at once, and thrown at the end', async () => {
  let isGivenUp = false;
  const { add, finish } = createItemKeeper({
    store: { take: async () => ({ digest, bytes: 1 }), commit: () => Promise.reject(new Error('full')) },
    shared: [],
    changed: async () => ({ paths: [], fresh: [] }),
    givenUp: () => {
      isGivenUp = true;
    },
  });
  add(finished('a'));
  await setTimeout(120);
  assert.ok(isGivenUp);
  await assert.rejects(finish(), /full/);
});

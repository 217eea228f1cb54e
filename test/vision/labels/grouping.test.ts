import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { groupPhotos } from '../../../vision/labels/grouping.ts';
import { placeOf } from '../../../vision/labels/placing.ts';

const photo = (name: string, digest: string, size: Partial<{ width: number; height: number; bytes: number }> = {}) => ({
  photo: name,
  digest,
  width: 100,
  height: 100,
  bytes: 1000,
  ...size,
});

test('chains are one group; the seat is the smallest digest, the largest original stays', () => {
  const photos = [photo('a', '5'), photo('b', '3'), photo('c', '4', { width: 101 }), photo('d', '1'), photo('e', '9')];
  const groups = groupPhotos(photos, [
    [4, 0],
    [0, 2],
  ]);
  const brief = groups.map((group) => group.map(({ photo: name, seat, stays }) => `${name} ${seat} ${stays}`));
  assert.deepEqual(brief, [['a 4 false', 'c 4 true', 'e 4 false'], ['b 3 true'], ['d 1 true']]);
});

test('of equally many pixels the most bytes stay, then the first name', () => {
  const staying = (...photos: ReturnType<typeof photo>[]) =>
    groupPhotos(photos, [[0, 1]])
      .flat()
      .filter(({ stays }) => stays)
      .map(({ photo: name }) => name);
  assert.deepEqual(staying(photo('a', '1'), photo('b', '2', { bytes: 1001 })), ['b']);
  assert.deepEqual(staying(photo('b', '1'), photo('a', '2')), ['a']);
});

test('the order of photos and pairs does not count', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const pair = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names));
  const order = fc.shuffledSubarray(names, { minLength: names.length });
  fc.assert(
    fc.property(order, fc.array(pair, { maxLength: 6 }), (shuffled, pairs) => {
      const groupsOf = (list: readonly string[], known: typeof pairs) =>
        groupPhotos(
          list.map((name) => photo(name, name)),
          known.map(([one, other]) => [list.indexOf(one), list.indexOf(other)] as const),
        )
          .flat()
          .map(({ photo: name, seat, stays }) => `${name} ${seat} ${stays}`)
          .sort();
      assert.deepEqual(groupsOf(shuffled, pairs.toReversed()), groupsOf(names, pairs));
    }),
  );
});

test('places get their shares, by seed, class and seat alone', () => {
  const placing = { seed: 42, board: 0.15, folds: [0, 1, 2, 3, 4] };
  const counts = new Map<string, number>();
  for (let number = 0; number < 5000; number++) {
    const place = placeOf({ photo: `${number}.jpg`, label: 'calling', seat: String(number) }, placing);
    const name = place.part === 'board' ? 'board' : `fold ${place.fold}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  // Three standard deviations of independent draws.
  assert.ok(Math.abs((counts.get('board') as number) - 750) < 76, `board ${counts.get('board')}`);
  for (const fold of placing.folds) {
    assert.ok(
      Math.abs((counts.get(`fold ${fold}`) as number) - 850) < 80,
      `fold ${fold} ${counts.get(`fold ${fold}`)}`,
    );
  }
  const placeAs = (change: Partial<{ label: string; seat: string; seed: number }>) =>
    Array.from({ length: 50 }, (_, number) => {
      const place = placeOf({ photo: 'x', label: 'a', seat: `s${number}`, ...change }, { ...placing, ...change });
      return place.part === 'board' ? 'board' : place.fold;
    });
  assert.notDeepEqual(placeAs({}), placeAs({ label: 'b' }));
  assert.notDeepEqual(placeAs({}), placeAs({ seed: 43 }));
  assert.equal(new Set(placeAs({ seat: 'one' })).size, 1);
});

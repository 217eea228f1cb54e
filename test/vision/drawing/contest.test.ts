import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Contest, type ContestSettings, classNames, planContest } from '../../../vision/drawing/index.ts';

const usual: ContestSettings = { classes: classNames, perClass: 60, test: 60, seed: 42 };

const folderOf = (photo: string) => photo.slice(0, photo.indexOf('/'));

/** Every file among the training photos, copies included. */
function filesOf({ photos }: Contest): string[] {
  return photos
    .filter(({ part }) => part === 'train')
    .flatMap(({ photo, copies }) => [photo, ...copies.map((copy) => copy.photo)]);
}

/** Every photo that truth.json speaks of, as often as it does. */
function plantedIn({ truth }: Contest): string[] {
  const { duplicates, wrongLabels, turned, sideways } = truth;
  return [
    ...duplicates.flatMap(({ photo, of }) => [photo, of]),
    ...[...wrongLabels, ...turned, ...sideways].map(({ photo }) => photo),
  ];
}

const countBy = (names: readonly string[]) =>
  Object.fromEntries([...new Set(names)].sort().map((name) => [name, names.filter((other) => other === name).length]));

test('60 photos are filed in each class, and 15 of each to be predicted', () => {
  const contest = planContest(usual);
  const even = (count: number) => Object.fromEntries(classNames.map((name) => [name, count]));
  assert.deepEqual(countBy(filesOf(contest).map(folderOf)), even(60));
  assert.deepEqual(countBy(contest.testLabels.map(({ label }) => label)), even(15));
});

test('24 near duplicates, 8 wrong labels, 6 turned and 4 stored sideways are planted, and no photo twice', () => {
  const contest = planContest(usual);
  const { duplicates, wrongLabels, turned, sideways } = contest.truth;
  assert.deepEqual(countBy(duplicates.map(({ how }) => how)), {
    brightened: 6,
    cropped: 6,
    're-encoded': 6,
    rescaled: 6,
  });
  for (const { photo, of } of duplicates) assert.equal(folderOf(photo), folderOf(of));
  assert.equal(wrongLabels.length, 8);
  assert.deepEqual(countBy(turned.map(({ orientation }) => `${orientation}`)), { 1: 4, 6: 1, 8: 1 });
  assert.deepEqual(countBy(sideways.map(({ orientation }) => `${orientation}`)), { 6: 2, 8: 2 });
  const planted = plantedIn(contest);
  assert.equal(new Set(planted).size, 2 * 24 + 8 + 6 + 4);
  const files = filesOf(contest);
  for (const photo of planted) assert.ok(files.includes(photo), photo);
});

test('a wrong label is the folder of a photo that shows another class; all others show theirs', () => {
  const contest = planContest(usual);
  const wrong = new Map(contest.truth.wrongLabels.map(({ photo, ...labels }) => [photo, labels]));
  for (const { part, photo, shows } of contest.photos) {
    if (part === 'test') continue;
    const { label, truth } = wrong.get(photo) ?? { label: folderOf(photo), truth: folderOf(photo) };
    assert.deepEqual([folderOf(photo), shows], [label, truth]);
    if (wrong.has(photo)) assert.notEqual(label, truth);
  }
});

test('each class has its slim portraits and photos of a camera, among the test photos too', () => {
  const { photos } = planContest(usual);
  for (const part of ['train', 'test'] as const) {
    for (const name of classNames) {
      const shapes = photos.filter((photo) => photo.part === part && photo.shows === name).map(({ shape }) => shape);
      assert.ok(shapes.filter((shape) => shape === 'slim').length >= 2, `${part} ${name}`);
      assert.ok(shapes.includes('camera'), `${part} ${name}`);
    }
  }
});

test('names tell neither class nor order, and hold what careless code trips over', () => {
  const contest = planContest(usual);
  const names = [
    ...filesOf(contest).map((photo) => photo.split('/')[1] ?? ''),
    ...contest.testLabels.map(({ photo }) => photo),
  ];
  assert.equal(names.length, 300);
  const numbers = names.map((name) => name.replace(/\D/g, ''));
  assert.equal(new Set(numbers).size, 300);
  assert.notDeepEqual(numbers, numbers.toSorted());
  for (const name of names) assert.doesNotMatch(name, /call|smok|normal|test|train|dup|copy/i);
  for (const kind of [/ /, /[^ -~]/, /\.jpg$/, /\.JPG$/, /\.png$/])
    assert.ok(
      names.some((name) => kind.test(name)),
      `${kind}`,
    );
});

test('the same seed plans the same contest, another seed another', () => {
  assert.deepEqual(planContest(usual), planContest(usual));
  assert.notDeepEqual(planContest({ ...usual, seed: 43 }).truth, planContest(usual).truth);
});

test('any size of contest holds what was asked for, with its share planted and no photo planted twice', () => {
  const settings = fc.record({
    classes: fc.subarray([...classNames], { minLength: 1 }),
    perClass: fc.integer({ min: 1, max: 70 }),
    test: fc.integer({ min: 1, max: 70 }),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(settings, (asked) => {
      const contest = planContest(asked);
      const files = filesOf(contest);
      assert.deepEqual(
        countBy(files.map(folderOf)),
        Object.fromEntries(asked.classes.toSorted().map((name) => [name, asked.perClass])),
      );
      assert.equal(new Set(files).size, files.length);
      assert.equal(contest.testLabels.length, asked.test);
      const planted = plantedIn(contest);
      assert.equal(new Set(planted).size, planted.length);
      const share = Math.round((24 * files.length) / 240);
      assert.equal(contest.truth.duplicates.length, share);
    }),
    { numRuns: 100 },
  );
});

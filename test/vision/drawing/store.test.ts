import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { dice } from '../../../vision/drawing/dice.ts';
import { alterations, classNames, drawPhoto, type PlannedPhoto, planContest } from '../../../vision/drawing/index.ts';
import { alterPhoto, encodePhoto } from '../../../vision/drawing/store.ts';

const contest = planContest({ classes: classNames, perClass: 60, test: 1, seed: 5 });

async function drawPlanned(planned: PlannedPhoto) {
  const subject = { name: planned.shows, shape: planned.shape, seed: [5, planned.part, planned.slot] };
  const plain = await (await drawPhoto(subject)).png().toBuffer();
  return { plain, file: await encodePhoto(await drawPhoto(subject), planned, dice('file')) };
}

const plannedAs = (photo: string) => contest.photos.find((planned) => planned.photo === photo) as PlannedPhoto;

/** The mean difference of two photos on 32 x 32, from 0 to 255, blind to their sizes. */
async function compare(one: Buffer, other: Buffer): Promise<number> {
  const shrink = (file: Buffer) => sharp(file).resize(32, 32, { fit: 'fill' }).flatten().raw().toBuffer();
  const [first, second] = await Promise.all([shrink(one), shrink(other)]);
  return first.reduce((sum, value, index) => sum + Math.abs(value - (second[index] ?? 0)), 0) / first.length;
}

test('a turned photo is turned for a viewer that obeys EXIF, and upright after the turn that truth names', async () => {
  for (const { photo, turn, orientation } of contest.truth.turned) {
    const { plain, file } = await drawPlanned(plannedAs(photo));
    assert.equal((await sharp(file).metadata()).orientation ?? 1, orientation, photo);
    const seen = await sharp(file).autoOrient().png().toBuffer();
    const mended = await sharp(seen).rotate(turn).png().toBuffer();
    assert.ok((await compare(mended, plain)) < 4, photo);
    assert.ok((await compare(seen, plain)) > 12, photo);
  }
});

test('a photo stored sideways is upright for a viewer that obeys EXIF, and not for another', async () => {
  for (const { photo, orientation } of contest.truth.sideways) {
    const { plain, file } = await drawPlanned(plannedAs(photo));
    assert.equal((await sharp(file).metadata()).orientation, orientation, photo);
    assert.ok((await compare(await sharp(file).autoOrient().png().toBuffer(), plain)) < 4, photo);
    assert.ok((await compare(file, plain)) > 12, photo);
  }
});

test('near duplicates look like their original and are other files', async () => {
  const planned = plannedAs(contest.truth.duplicates[0]?.of ?? '');
  const { file } = await drawPlanned(planned);
  const original = await sharp(file).metadata();
  const made = await Promise.all(alterations.map((how) => alterPhoto(file, how, dice(how))));
  for (const [index, copy] of made.entries()) {
    const how = alterations[index];
    const { width, height, format } = await sharp(copy).metadata();
    assert.equal(format, 'jpeg');
    const smaller = width < original.width && height < original.height;
    assert.equal(smaller, how === 'rescaled' || how === 'cropped', how);
    const difference = await compare(copy, file);
    assert.ok(how === 'brightened' ? difference > 8 && difference < 45 : difference < 12, `${how}: ${difference}`);
  }
});

test('a photo carries no metadata that it was not planned with', async () => {
  const plain = contest.photos.find(({ stored, photo }) => !stored.orientation && photo.endsWith('g')) as PlannedPhoto;
  const { exif, xmp, iptc } = await sharp((await drawPlanned(plain)).file).metadata();
  assert.deepEqual([exif, xmp, iptc], [undefined, undefined, undefined]);
  const { file } = await drawPlanned(plannedAs(contest.truth.sideways[0]?.photo ?? ''));
  assert.doesNotMatch(file.toString('latin1'), /(19|20)\d\d:\d\d:\d\d/);
});

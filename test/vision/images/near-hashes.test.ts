import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { differenceHash } from '../../../vision/images/difference-hash.ts';
import { hashDistance } from '../../../vision/images/hash-distance.ts';
import { greyPrint, likenessOf } from '../../../vision/images/likeness.ts';
import { findNearHashes } from '../../../vision/images/near-hashes.ts';

function ramp(from: number, to: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: 90 * 80 }, (_, place) => from + ((to - from) * (place % 90)) / 89);
  return sharp(data, { raw: { width: 90, height: 80, channels: 1 } })
    .png()
    .toBuffer();
}

test('a photo that grows brighter to the right hashes to ones, one that grows darker to noughts', async () => {
  assert.equal(await differenceHash({ source: await ramp(10, 240) }), 'ffffffffffffffff');
  assert.equal(await differenceHash({ source: await ramp(240, 10) }), '0000000000000000');
  assert.equal(await differenceHash({ source: await ramp(240, 10), turn: 180 }), 'ffffffffffffffff');
});

test('distances count bits, the highest too', () => {
  assert.equal(hashDistance('ffffffffffffffff', '0000000000000000'), 64);
  assert.equal(hashDistance('8000000000000001', '0000000000000000'), 2);
  assert.equal(hashDistance('0123456789abcdef', '0123456789abcdef'), 0);
});

test('likeness is blind to exposure and contrast, and falls to -1 for the opposite', async () => {
  const [bright, dim, opposite] = await Promise.all(
    [ramp(10, 240), ramp(40, 110), ramp(240, 10)].map(async (source) => greyPrint({ source: await source })),
  );
  assert.ok(likenessOf(bright as Float64Array, dim as Float64Array) > 0.999);
  assert.ok(likenessOf(bright as Float64Array, opposite as Float64Array) < -0.999);
  const even = await greyPrint({ source: await ramp(90, 90) });
  assert.equal(likenessOf(even, even), 0, 'an even photo is like nothing');
});

test('finds exactly the pairs that comparing all with all finds', () => {
  const centre = fc.constantFrom(0n, 0xffff_0000_1234_5678n, 0xaaaa_aaaa_aaaa_aaaan);
  const flips = fc.array(fc.bigInt({ min: 0n, max: 63n }), { maxLength: 9 });
  const hash = fc.tuple(centre, flips).map(([start, bits]) =>
    bits
      .reduce((value, bit) => value ^ (1n << bit), start)
      .toString(16)
      .padStart(16, '0'),
  );
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 30 }), fc.constantFrom(0, 1, 3, 6, 10, 15), (hashes, most) => {
      const expected: string[] = [];
      for (let one = 0; one < hashes.length; one++) {
        for (let other = one + 1; other < hashes.length; other++) {
          if (hashDistance(hashes[one] as string, hashes[other] as string) <= most) expected.push(`${one}-${other}`);
        }
      }
      const found = findNearHashes(hashes, most).map((pair) => pair.join('-'));
      assert.deepEqual(found.sort(), expected.sort());
    }),
    { numRuns: 60 },
  );
});

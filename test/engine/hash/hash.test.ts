import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalText } from '../../../engine/hash/canonical.ts';
import { digestOf, digestText } from '../../../engine/hash/digest.ts';
import { itemKeys, keyOf } from '../../../engine/hash/key.ts';
import {
  extendManifest,
  linesOf,
  manifestOf,
  parseManifest,
  selectRows,
  totalBytes,
  treeOf,
} from '../../../engine/hash/manifest.ts';
import { compareManifests } from '../../../engine/hash/manifest-difference.ts';
import { comparePaths, sortPaths } from '../../../engine/hash/path-order.ts';
import type { ManifestEntry } from '../../../engine/model/artifact.ts';
import type { Json } from '../../../engine/model/names.ts';
import type { KeyMaterial } from '../../../engine/model/record.ts';

test('the canonical text sorts members, keeps lists, and writes numbers exactly', () => {
  assert.equal(
    canonicalText({ b: [2, 1], a: { z: null, y: true }, '': 'é"\n' }),
    '{"":"é\\"\\n","a":{"y":true,"z":null},"b":[2,1]}',
  );
  assert.equal(canonicalText([0.1, 1e21, -0, 5e-324]), '[0.1,1e+21,0,5e-324]');
});

test('what JSON cannot hold is a bug, never a text', () => {
  assert.throws(() => canonicalText({ a: [1, Number.NaN] }), /NaN/);
  assert.throws(() => canonicalText({ a: undefined } as unknown as Json), /undefined, the value of 'a'/);
  assert.throws(() => canonicalText({ a: new Date() } as unknown as Json), /Date/);
});

test('the canonical text reads back to the value, whatever order its members were written in', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = canonicalText(value as Json);
      assert.equal(canonicalText(reversed(JSON.parse(text))), text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});

function reversed(value: unknown): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

test('digests are SHA-256', () => {
  assert.equal(digestText(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(digestOf({ b: 1, a: 2 }), digestText('{"a":2,"b":1}'));
});

const anyName = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }).filter((name) => name.isWellFormed());
const anyEntries: fc.Arbitrary<ManifestEntry[]> = fc
  .uniqueArray(fc.record({ path: anyName, text: fc.string() }), { selector: (entry) => entry.path })
  .map((entries) =>
    entries.map(({ path, text }) => ({ path, digest: digestText(text), bytes: Buffer.byteLength(text) })),
  );

test("paths are in the order of their UTF-8 bytes, also beyond JavaScript's own order", () => {
  assert.ok(comparePaths('\u{1f600}', '\uff5e') > 0);
  fc.assert(
    fc.property(fc.array(anyName), (names) => {
      const bytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(sortPaths([...names]), bytes);
    }),
  );
});

function inByteOrder(entries: readonly ManifestEntry[]): ManifestEntry[] {
  return [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

test("a manifest's digest does not depend on the walk's order, and its text reads back", () => {
  fc.assert(
    fc.property(anyEntries, fc.infiniteStream(fc.nat()), (entries, order) => {
      const shuffled = entries
        .map((entry) => ({ entry, at: order.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ entry }) => entry);
      const manifest = manifestOf(entries);
      assert.equal(manifestOf(shuffled).digest, manifest.digest);
      assert.deepEqual(manifest.entries, inByteOrder(entries));
      assert.deepEqual(parseManifest(linesOf(manifest).bytes), manifest);
      const withIds = manifestOf(entries.map((entry) => ({ ...entry, id: `id\t${entry.path}` })));
      assert.deepEqual(parseManifest(linesOf(withIds).bytes), withIds);
      assert.deepEqual(
        withIds.entries.map(({ id }) => id),
        withIds.entries.map(({ path }) => `id\t${path}`),
      );
      assert.deepEqual(treeOf(withIds), manifest);
      assert.equal(
        totalBytes(withIds),
        entries.reduce((sum, { bytes }) => sum + bytes, 0),
      );
    }),
  );
});

test('a manifest that is extended is the one of all entries', () => {
  fc.assert(
    fc.property(anyEntries, fc.infiniteStream(fc.boolean()), (entries, isKnown) => {
      const known = entries.filter(() => isKnown.next().value);
      const more = entries.filter((entry) => !known.includes(entry));
      assert.deepEqual(extendManifest(manifestOf(known), more), manifestOf(entries));
      const [one] = known;
      if (one) assert.throws(() => extendManifest(manifestOf(known), [one]), /two entries/);
    }),
  );
});

/** What became of each entry between two lists: nothing, other contents, gone, or come. */
const anyFate = fc.infiniteStream(fc.constantFrom('stays', 'stays', 'stays', 'changes', 'goes', 'comes'));

test('two manifests are compared as their entries are, and rows of one are a manifest of their own', () => {
  fc.assert(
    fc.property(anyEntries, anyFate, fc.boolean(), (entries, fates, withIds) => {
      const all = inByteOrder(entries).map((entry) => (withIds ? { ...entry, id: `${entry.path}.jpg` } : entry));
      const fate = all.map(() => fates.next().value);
      const are = (...wanted: string[]) => all.filter((_, row) => wanted.includes(fate[row] as string));
      const before = manifestOf(are('stays', 'changes', 'goes'));
      const changed = new Set(are('changes'));
      const now = are('stays', 'changes', 'comes').map((entry) =>
        changed.has(entry) ? { ...entry, digest: digestText('changed') } : entry,
      );
      const after = manifestOf(now);
      const { gone, come } = compareManifests(before, after);
      assert.deepEqual(
        gone.map((row) => before.entries[row]?.path),
        are('changes', 'goes').map(({ path }) => path),
      );
      assert.deepEqual(
        come.map((row) => after.entries[row]?.path),
        are('changes', 'comes').map(({ path }) => path),
      );
      const kept = selectRows(before, (row) => !gone.includes(row));
      assert.deepEqual(kept, manifestOf(are('stays')));
    }),
  );
});

test('a manifest tells apart what differs in one path, one digest or the ids alone', () => {
  const one = { path: 'a', digest: digestText('x'), bytes: 1 };
  const digests = [
    [one],
    [{ ...one, path: 'b' }],
    [{ ...one, digest: digestText('y') }],
    [{ ...one, id: 'a' }],
    [],
  ].map((entries) => manifestOf(entries).digest);
  assert.equal(new Set(digests).size, 5);
  assert.throws(() => manifestOf([one, one]), /two entries/);
  assert.equal(parseManifest(Buffer.from('something else')), undefined);
  const { bytes } = linesOf(manifestOf([one]));
  for (let end = 1; end < bytes.length; end++) {
    const isListOfNone = bytes.toString('utf8', 0, end) === 'flow manifest 1\n';
    if (!isListOfNone) assert.equal(parseManifest(bytes.subarray(0, end)), undefined, `${end} bytes`);
  }
});

test('a key does not depend on the order of its material, and an item key on everything that it is given', () => {
  const material: KeyMaterial = {
    contract: 1,
    code: { module: 'a' },
    with: { lr: 1, epochs: 2 },
    matrix: {},
    in: {},
    out: {},
    env: {},
    platform: {},
  };
  assert.equal(keyOf(material), keyOf({ ...material, with: { epochs: 2, lr: 1 } }));
  assert.notEqual(keyOf(material), keyOf({ ...material, with: { epochs: 2, lr: 2 } }));
  const key = itemKeys({ a: 1 });
  assert.equal(key({ x: 1, y: 2 }), key({ y: 2, x: 1 }));
  assert.notEqual(key({ x: 1 }), itemKeys({ a: 2 })({ x: 1 }));
});

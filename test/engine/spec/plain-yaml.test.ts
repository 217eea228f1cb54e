/** What the quick reader reads is what the library reads, places and all; anything else it leaves alone. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeDocument } from '../../../engine/spec/document.ts';
import { readPlainYaml } from '../../../engine/spec/plain-yaml.ts';

function expectSame(text: string): boolean {
  const quick = readPlainYaml(text);
  if (quick === undefined) return false;
  const { report, root } = judgeDocument('pipeline.yaml', text);
  assert.deepEqual({ root: quick, diagnostics: [] }, { root, diagnostics: report.diagnostics() }, text);
  return true;
}

const read = [
  'a: 1',
  'a: 1\n',
  '# first\n\na: b # said\n',
  'a:\n  b:\n  c: x\n',
  'a:\n  - 1\n  - b c\n  - "d"\nb: {}\n',
  'a:\n- 1\n- [2, three, ]\nb: []\n',
  'a: { b: [x, "y: z", \'w\'], c: { d: ~ } } # end\n',
  'stages:\n  s0: { run: [cp, "${in.a}", "${out}"], in: { a: source.txt }, out: o.txt }\n',
  'a: $name\nb: ${name}/x\nc: a:b\nd: x#y\ne: ./in/*.jpg\nf: it is\n',
  'a: true\nb: False\nc: null\nd: -3\ne: 0.25\nf: 12\ng: -1.5\n',
  'a:\n\n  # between\n  b: 1\n\n\nc: 2\n  \n',
  'a:   # below\n  b: 1\n',
  '- a\n',
  'a:\n  b: 1\n  # last',
];
for (const text of read.slice(0, -1)) test(`reads ${JSON.stringify(text)}`, () => assert.ok(expectSame(text)));

const left = [
  'a:   # nothing\nb: 1\n',
  '',
  '# alone\n',
  'a: 1\na: 2\n',
  'a: &x 1\nb: *x\n',
  'a: !!str 1\n',
  'a: |\n  text\n',
  'a: b\n  c\n',
  'a: "b\\n"\n',
  "a: 'it''s'\n",
  'a: [1,\n 2]\n',
  'a: 0x10\nb: 1e3\n',
  'a: .inf\n',
  'a: 99999999999999999999\n',
  'a: b: c\n',
  'a: { b: ${c} }\n',
  'a\n',
  'a: "b" c\n',
  'a:\tb\n',
  'a: 1\r\n',
  'a: 1\n---\nb: 2\n',
  'a: 1\n b: 2\n',
  '<<: { a: 1 }\n',
];
for (const text of left) test(`leaves ${JSON.stringify(text)}`, () => assert.equal(readPlainYaml(text), undefined));

test('reads the pipelines of this repository', () => {
  for (const path of ['pipeline.yaml']) {
    const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
    expectSame(text);
  }
});

const plain = [
  'a',
  'b_1',
  'x y',
  '$v',
  '"q: r"',
  "'s'",
  '"${v}"',
  '1',
  '-2',
  '0.5',
  'null',
  'a:b',
  'c#d',
  './e/*.f',
  'true',
  '~',
];
const odd = [
  '${v}',
  '-g',
  '.5',
  '07',
  '1e3',
  '2024-01-02',
  '12:30',
  '+1',
  '0o7',
  '- h',
  '?',
  '...x',
  '1_000',
  '0x1F',
  '-.5',
  '-inf',
  '.nan',
  'é',
  '',
];
const word = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...plain) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
const flow: fc.Memo<string> = fc.memo((depth) =>
  depth <= 1
    ? word
    : fc.oneof(
        word,
        fc.array(flow(depth - 1), { maxLength: 3 }).map((list) => `[${list.join(', ')}]`),
        fc
          .array(fc.tuple(fc.constantFrom('k', 'l', 'm'), flow(depth - 1)), { maxLength: 3 })
          .map((list) => `{ ${list.map(([k, v]) => `${k}: ${v}`).join(', ')} }`),
      ),
);
const end = fc.constantFrom('', '', '', '', '', '', ' # said', '  ', ' #', '\n\n', '\n# line', '\n   # deep');
const block: fc.Memo<string> = fc.memo((depth) =>
  depth <= 1
    ? fc.tuple(flow(3), end).map(([value, rest]) => ` ${value}${rest}\n`)
    : fc.oneof(
        fc.tuple(flow(3), end).map(([value, rest]) => ` ${value}${rest}\n`),
        fc
          .tuple(
            end,
            fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c-d', 'e.f'), block(depth - 1)), {
              minLength: 1,
              maxLength: 3,
              selector: ([key]) => key,
            }),
          )
          .map(([rest, list]) => `${rest}\n${indented(list.map(([key, value]) => `${key}:${value}`).join(''))}`),
        fc
          .tuple(end, fc.array(block(depth - 1), { minLength: 1, maxLength: 3 }), fc.boolean())
          .map(([rest, list, deep]) => {
            const lines = list.map((value) => `-${value}`).join('');
            return `${rest}\n${deep ? indented(lines) : lines}`;
          }),
      ),
);
const document = fc
  .array(fc.tuple(fc.constantFrom('vars', 'stages', 'default', 'x'), block(4)), { minLength: 1, maxLength: 3 })
  .map((list) => list.map(([key, value]) => `${key}:${value}`).join(''));

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

test('random documents, and those with a character changed, are read alike or left', () => {
  let count = 0;
  fc.assert(
    fc.property(
      document,
      fc.nat(),
      fc.constantFrom('', ' ', '\n', ':', '#', '-', '"', "'", '{', ']', ',', '&', '0', '|'),
      fc.boolean(),
      (text, at, character, isChanged) => {
        const place = at % (text.length + 1);
        const changed = isChanged ? text.slice(0, place) + character + text.slice(place + (at % 2)) : text;
        if (expectSame(changed)) count += 1;
      },
    ),
    { numRuns: Number(process.env.CASES ?? 1500) },
  );
  assert.ok(count > 100, `${count} were read`);
});

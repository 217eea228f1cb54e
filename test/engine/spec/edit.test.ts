import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlias, isMap, isSeq, type Node, type Pair, parseDocument } from 'yaml';
import type { Json } from '../../../engine/model/names.ts';
import { editYaml } from '../../../engine/spec/edit.ts';
import { compareLines } from '../../../engine/spec/lines.ts';

const set = (text: string, path: string, value: Json | undefined) => editYaml(text, [{ path: path.split('/'), value }]);

test('a value is set and all other bytes stay', () => {
  const cases: readonly (readonly [before: string, path: string, value: Json | undefined, after: string])[] = [
    ['a: 1e-3   # tuned\nb:  2\n', 'a', 3e-4, 'a: 3e-4   # tuned\nb:  2\n'],
    ['a: 0.5\n', 'a', 3e-7, 'a: 3e-7\n'],
    ['a: { lr: 1e-3, n: 5 } # x', 'a/lr', 1e-4, 'a: { lr: 1e-4, n: 5 } # x'],
    ["a: 'x' # y\n", 'a', 'it is', "a: 'it is' # y\n"],
    ['a: x\n', 'a', 'yes: no', 'a: "yes: no"\n'],
    ['a: x\n', 'a', '12', 'a: "12"\n'],
    ['a: x\nb: 1\n', 'a', 'one\ntwo', 'a: "one\\ntwo"\nb: 1\n'],
    ["a: 'x'\n", 'a', 'one: 1\n  two\r\n', 'a: "one: 1\\n  two\\r\\n"\n'],
    ['a: "x"\n', 'a', `${'long '.repeat(12)}\nend`, `a: "${'long '.repeat(12)}\\nend"\n`],
    ['a: "x"\n', 'a', null, 'a: null\n'],
    ['a:\nb: 1\n', 'a', 2, 'a: 2\nb: 1\n'],
    ['a: &n 1\nb: *n\n', 'a', 2, 'a: &n 2\nb: *n\n'],
    ['a: &n 1\nb: *n\n', 'b', 2, 'a: &n 2\nb: *n\n'],
    ['a: |\n  one\n  two\nb: 1\n', 'a', 'x', 'a: x\nb: 1\n'],
    ['a:\n  b: 1 # one\n  # two\nc: 1\n', 'a/d', 2, 'a:\n  b: 1 # one\n  d: 2\n  # two\nc: 1\n'],
    ['a: {}\n', 'a/b', 1, 'a: { b: 1 }\n'],
    ['a: { b: 1 }\n', 'a/c/d', [1, 'x, y'], 'a: { b: 1, c: { d: [1, "x, y"] } }\n'],
    ['s:\n  use: x\n\nt: 1\n', 's/with/lr', 1, 's:\n  use: x\n  with: { lr: 1 }\n\nt: 1\n'],
    ['s:\r\n  use: x\r\nt: 1\r\n', 's/lr', 1, 's:\r\n  use: x\r\n  lr: 1\r\nt: 1\r\n'],
    ['s:\n  use: x', 's/lr', 1, 's:\n  use: x\n  lr: 1'],
    ['a: [0, 1, 2] # all\n', 'a', [0, 2], 'a: [0, 2] # all\n'],
    ['a: [0, 1]\n', 'a', [0, 1, 7], 'a: [0, 1, 7]\n'],
    ['a: [0, 1]\n', 'a', [], 'a: []\n'],
    ['a:\n  - x # one\n  - y # two\n  - z\n', 'a', ['x', 'z'], 'a:\n  - x # one\n  - z\n'],
    ['a:\n  - x # one\n  - y # two\n', 'a', ['q', 'y', 'z'], 'a:\n  - q # one\n  - y # two\n  - z\n'],
    ['a:\n- x\n- y\nb: 1\n', 'a', ['x'], 'a:\n- x\nb: 1\n'],
    ['a: one\n', 'a', ['x', 'y'], 'a: [x, y]\n'],
    ['a: { b: 1, c: 2, d: 3 }\n', 'a/b', undefined, 'a: { c: 2, d: 3 }\n'],
    ['a: { b: 1, c: 2, d: 3 }\n', 'a/d', undefined, 'a: { b: 1, c: 2 }\n'],
    ['a:\n  b: 1 # one\n  c: 2 # two\nd: 3\n', 'a/b', undefined, 'a:\n  c: 2 # two\nd: 3\n'],
    ['a:\n  b: 1\nd: 3\n', 'a/b', undefined, 'a:\n    {}\nd: 3\n'],
    ['a: 1\n', 'b', undefined, 'a: 1\n'],
    ['m: &m { x: 1 }\na:\n  <<: *m\n', 'a/x', 2, 'm: &m { x: 1 }\na:\n  <<: *m\n  x: 2\n'],
    ['l:\n  - a: 1\n    b: 2\n', 'l/0/b', 3, 'l:\n  - a: 1\n    b: 3\n'],
    ['l:\n  - a: 1\n    b: 2\n', 'l/0/a', undefined, 'l:\n  - b: 2\n'],
    ['a: { x: 1 } # 日本\nb: "é" # 🙂\nc: 3\n', 'c', 4, 'a: { x: 1 } # 日本\nb: "é" # 🙂\nc: 4\n'],
  ];
  for (const [before, path, value, after] of cases) assert.equal(set(before, path, value), after, `${before} ${path}`);
});

const ugly = `# head
vars:   # variables
  lr: &lr 1e-3      # the rate
  recipe: { lr: *lr,epochs:   5, aug: [ flip ,turn ], deep: { a: { b: "c" } } } # one line
  long:
    name:   'quoted'   # of the net

    # about the size
    size: 224
    list:
    - one   # first
    -   two
    - { a: 1 }   # third
  text: >
    folded
    text
  empty:
  "quoted key": yes
base: &base
  use: x.ts
  with:
    seed: 42
stages:
  a:
    <<: *base
    out: a.json
  b: { use: y.ts, out: b.json }   # short
# the end`;

test('every value of a document in every form can be another one, and only that', () => {
  const values: Json[] = [7, 1e-9, 'x', 'a: b, c', '$$x', true, null, [1, 'two, three'], { k: { l: 'm' } }, []];
  let count = 0;
  for (const path of pathsOf(ugly)) {
    for (const value of values) {
      const after = editYaml(ugly, [{ path, value }]);
      const wanted = parse(ugly);
      put(wanted, path, value);
      assert.deepEqual(parse(after), wanted, `${path.join('.')} = ${JSON.stringify(value)}\n${after}`);
      count += 1;
    }
  }
  assert.ok(count > 200);
});

test('every entry can be taken away, and another one be added', () => {
  for (const path of pathsOf(ugly)) {
    const without = parse(ugly);
    put(without, path, undefined);
    assert.deepEqual(parse(editYaml(ugly, [{ path, value: undefined }])), without, path.join('.'));
    const holder = path.slice(0, -1).reduce<Json>((inner, step) => (inner as never)[step], parse(ugly));
    if (Array.isArray(holder)) continue;
    const added = parse(ugly);
    const beside = [...path.slice(0, -1), 'new one'];
    put(added, beside, [1, { a: 'b' }]);
    assert.deepEqual(parse(editYaml(ugly, [{ path: beside, value: [1, { a: 'b' }] }])), added, beside.join('.'));
  }
});

test('lines that differ are told with as few of their neighbours as possible', () => {
  assert.deepEqual(compareLines('a\nb\nc\nd\n', 'a\nB\nc\nd\ne\n'), [
    { from: 2, removed: ['b'], added: ['B'] },
    { from: 5, removed: [], added: ['e'] },
  ]);
  assert.deepEqual(compareLines('a\n', 'a\n'), []);
  assert.deepEqual(compareLines('', 'a'), [{ from: 1, removed: [''], added: ['a'] }]);
});

function parse(text: string): Json {
  return JSON.parse(JSON.stringify(parseDocument(text, { uniqueKeys: false }).toJS()));
}

/** Own places of all values: what an alias stands for has its place at the anchor. */
function pathsOf(text: string): string[][] {
  const visit = (node: Node | null, path: string[]): string[][] => {
    const inner = isMap(node)
      ? (node.items as Pair<Node, Node | null>[]).map(({ key, value }) => [String(key), value] as const)
      : isSeq(node)
        ? (node.items as Node[]).map((value, index) => [String(index), value] as const)
        : [];
    return inner.flatMap(([name, value]) =>
      isAlias(value) || name === '<<' ? [] : [[...path, name], ...visit(value, [...path, name])],
    );
  };
  // The anchors' own values would have to change in two places of what is compared with.
  return visit(parseDocument(text).contents, []).filter((path) => path[0] !== 'base' && path.join('.') !== 'vars.lr');
}

function put(root: Json, path: readonly string[], value: Json | undefined): void {
  const holder = path.slice(0, -1).reduce<Json>((inner, step) => (inner as never)[step], root) as Record<string, Json>;
  const last = path.at(-1) as string;
  if (value !== undefined) holder[last] = value;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
}

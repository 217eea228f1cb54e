// biome-ignore-all lint/suspicious/noTemplateCurlyInString: \${name} is the template of pipeline.yaml.
/** Every fault of the graph, a case a line: a pipeline without a fault of its own, and all that is said of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saidOfGraph } from '../spec/said.ts';

const pipelines: readonly (readonly [yaml: string, said: readonly string[]])[] = [
  [
    "stages: {a: {use: x, out: y}, b: {use: x, in: {q: a.z, r: aa, s: ./aa, t: aa/x, u: 'a*'}, out: y}}",
    [
      "1:51+3 unknown-output: 'a' has no output 'z' (its outputs are out)",
      "1:59+2 unknown-stage: there is no stage 'aa' (did you mean 'a'? A file of this name is written ./aa)",
    ],
  ],
  [
    'stages:\n  resize: {use: x, out: {photo: p/, facts: f/}}\n  b: {use: x, in: {q: resizd.photo, r: reszie, s: resize, t: resize.phto, u: resized.png, v: nothing.facts, w: corrections.csv}, out: y}',
    [
      "3:23+12 unknown-stage: there is no stage 'resizd' (did you mean 'resize.photo'? A file of this name is written ./resizd.photo)",
      "3:40+6 unknown-stage: there is no stage 'reszie' (did you mean 'resize'? A file of this name is written ./reszie)",
      "3:51+6 which-output: 'resize' has several outputs (write resize.photo or resize.facts)",
      "3:62+11 unknown-output: 'resize' has no output 'phto' (did you mean 'photo'? Its outputs are photo, facts)",
      "3:94+13 unknown-stage: there is no stage 'nothing' (a file of this name is written ./nothing.facts)",
    ],
  ],
  [
    'stages:\n  folds: {use: x, matrix: {fold: [0, 1, 0.5]}, out: {model: m}}\n  two: {use: x, matrix: {a: [1], b: [u, v]}, out: o}\n  b: {use: x, in: {a: folds@7.model, b: folds@0.5.model, c: two@1, d: two@c=1, e: two@a=1@b=w, f: b2@1, g: folds@.model}, out: y}\n  b2: {use: x, out: y}',
    [
      "4:23+13 unknown-matrix-value: 'fold' of 'folds' is never '7' (its values are 0, 1, 0.5)",
      "4:61+5 unknown-matrix-value: '@1' does not say which variable of 'two' it means (write two@a=...@b=...)",
      "4:71+7 unknown-matrix-value: the matrix of 'two' has no 'c' (did you mean 'a'?)",
      "4:83+11 unknown-matrix-value: 'b' of 'two' is never 'w' (its values are u, v)",
      "4:99+4 no-matrix: 'b2' has no matrix that @ could select from (write b2 without @)",
      "4:108+12 unknown-matrix-value: 'fold' of 'folds' is never '' (its values are 0, 1, 0.5)",
    ],
  ],
  [
    'stages:\n  a: {use: x, in: {q: b}, out: y}\n  b: {use: x, in: {q: c}, out: y}\n  c: {use: x, in: {q: a}, out: y}\n  d: {use: x, in: {q: d}, out: y}',
    [
      '2:23+1 cycle: tasks that need each other: a (line 2) -> b (line 3) -> c (line 4) -> a (take one of these inputs away)',
      '5:23+1 cycle: tasks that need each other: d (line 5) -> d (take one of these inputs away)',
    ],
  ],
  [
    'stages:\n  logits: {use: x, matrix: {round: [1, 2]}, in: {m: "model${round}"}, out: y}\n  model1: {use: x, out: y}\n  model2: {use: x, in: {l: logits@1}, out: y}',
    [],
  ],
  [
    'stages:\n  logits: {use: x, matrix: {round: [1, 2]}, in: {m: "model${round}"}, out: y}\n  model1: {use: x, out: y}\n  model2: {use: x, in: {l: logits}, out: y}',
    [
      '2:53+15 cycle: tasks that need each other: logits@2 (line 2) -> model2 (line 4) -> logits@2 (take one of these inputs away)',
    ],
  ],
  [
    'stages:\n  s: {use: x, matrix: {f: [1, 2]}, out: y}\n  c: {use: x, in: {l: {from: s, only: d}}, out: y}\n  d: {use: x, in: {c: c}, out: y}',
    ['3:39+1 cycle: tasks that need each other: c (line 3) -> d (line 4) -> c (take one of these inputs away)'],
  ],
  [
    'stages:\n  a: {use: x, out: {f: f.csv, g: g/}}\n  b: {use: x, each: {i: a.f}, out: "${i.id}"}\n  c: {use: x, each: {i: a.g}, out: "${i.id}"}\n  d: {use: x, each: {i: c}, out: "${i.id}"}',
    [
      "3:25+3 bad-each: each goes over a folder, and the output 'f' of 'a' is one file (a folder output ends in a slash)",
    ],
  ],
  [
    'stages: {a: {use: x, out: {p: photos/, q: photos/a.csv, r: ./photos, s: photos2}}}',
    [
      "1:43+12 same-output: the output 'q' lies inside the output 'p' (give each a place of its own)",
      "1:60+8 same-output: the outputs 'p' and 'r' are the same file (give each a place of its own)",
      "1:60+8 same-output: the output 'q' lies inside the output 'r' (give each a place of its own)",
    ],
  ],
  [
    'stages: {a: {use: x, matrix: {m: [1, 2]}, out: {p: "o${m}", q: o2}}}',
    ["1:64+2 same-output: the outputs 'p' and 'q' are the same file (give each a place of its own)"],
  ],
  [
    'stages:\n  a: {use: x, out: {p: p.json?, q: q}}\n  b: {use: x, in: {p: a.p, q: a.p?}, out: y}',
    ["3:23+3 !optional-output: the output 'p' of 'a' may be absent (write a.p? if this stage can do without it)"],
  ],
  [
    'stages:\n  s: {use: x, out: y}\n  m: {use: x, matrix: {f: [1, 2]}, out: y}\n  c: {use: x, in: {l: {from: s, only: s}, m: {from: m, only: m}, n: {from: m, only: choice.json}, o: {from: ./m, only: s}}, out: y}',
    [
      "4:30+1 only-without-matrix: 's' stands for one task, so that there is nothing to choose from (from: names a stage with a matrix, without @)",
      "4:62+1 bad-choice: the choice has to be one file, and 'm' is a list of them (name one of its tasks with @)",
      "4:109+3 only-without-matrix: './m' stands for one task, so that there is nothing to choose from (from: names a stage with a matrix, without @)",
    ],
  ],
  [
    'default: [a, b, c@1, c@3, a.x]\nstages: {a: {use: x, out: y}, c: {use: x, matrix: {f: [1, 2]}, out: y}}',
    [
      "1:14+1 unknown-stage: there is no stage 'b' (did you mean 'a'?)",
      "1:22+3 unknown-matrix-value: 'f' of 'c' is never '3' (its values are 1, 2)",
      "1:27+3 unknown-output: 'a' has no output 'x' (its outputs are out)",
    ],
  ],
  [
    "stages:\n  z: {use: x, out: x.txt}\n  m: {use: x, matrix: {k: [1, 2]}, out: {o: o/, p: p}}\n  b: {use: x, in: {a: artifacts/z/x.txt, b: './artifacts/m/k=2/o/deep/file?', c: 'artifacts/m/*/p', d: 'artifacts/*/x', e: artifacts/old/x, f: '../artifacts/z', g: '*.csv'}, out: y}\n  c: {use: x, each: {i: ./}, in: {a: ../..}, out: '${i.id}'}",
    [
      "4:23+17 own-folder: 'artifacts/z/x.txt' lies where stage 'z' puts what it makes (write z, so that it runs before)",
      "4:45+32 own-folder: './artifacts/m/k=2/o/deep/file' lies where stage 'm' puts what it makes (write m@2.o, so that it runs before)",
      "4:82+17 own-folder: 'artifacts/m/*/p' lies where stage 'm' puts what it makes (write m, so that it runs before)",
      "4:104+15 own-folder: 'artifacts/*/x' leads through artifacts/, where stages put what they make (write the names of the stages, so that they run before)",
      "5:25+2 own-folder: the folder './' holds artifacts/ and .flow/, in which every run writes (name the files or folders in it that are meant, or a glob such as *.csv)",
      "5:38+5 own-folder: the folder '../..' holds artifacts/ and .flow/, in which every run writes (name the files or folders in it that are meant, or a glob such as *.csv)",
    ],
  ],
];

for (const [yaml, expected] of pipelines) test(yaml, () => assert.deepEqual(saidOfGraph(yaml), expected));

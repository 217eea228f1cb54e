// biome-ignore-all lint/suspicious/noTemplateCurlyInString: \${name} is the template of pipeline.yaml.
/** Every fault of a stage's keys, a case a line: what stands beside `use: a.ts` and `out: o.txt` in the stage `a`, from line 5 on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { said, stageWith } from './said.ts';

const stages: readonly (readonly [keys: string, said: readonly string[]])[] = [
  [
    'ech: 1\nzzz: 2',
    [
      "5:5+3 unknown-key: the stage 'a' has no key 'ech' (did you mean 'each'?)",
      "6:5+3 unknown-key: the stage 'a' has no key 'zzz' (there are 'use', 'run', 'each', 'in', 'with', 'out', 'matrix', 'code', 'env', 'resources', 'timeout', 'retries', ...)",
    ],
  ],
  ['run: cat', ["5:5+3 use-or-run: the stage 'a' has both use: and run: (keep one of the two)"]],
  ['matrix: {fold: 3}', ['5:20+1 wrong-type: a list of values is wanted here, not 3']],
  [
    'matrix: {fold: []}',
    [
      "5:20+2 bad-matrix: the matrix variable 'fold' has no values, so that the stage would have no tasks (give it at least one value)",
    ],
  ],
  ['matrix: {fold: [1, 1]}', ["5:24+1 bad-matrix: the value 1 of 'fold' is given twice (remove one of the two)"]],
  [
    `matrix: {k: [${'v'.repeat(253)}, ${'é'.repeat(127)}]}`,
    [
      `5:273+127 bad-matrix: the matrix value 'k=${'é'.repeat(38)}…' is too long for the folder that it names (shorten it)`,
    ],
  ],
  [
    'matrix: {fold: [a/b, .., [1], null]}',
    [
      "5:21+3 bad-matrix: 'a/b' cannot be a matrix value, since it names a folder and stands in references (leave out spaces, quotes and / \\ @ = * ? [ ] { } $)",
      "5:26+2 bad-matrix: '..' cannot be a matrix value, since it names a folder and stands in references (leave out spaces, quotes and / \\ @ = * ? [ ] { } $)",
      '5:35+4 wrong-type: a text, a number, true or false is wanted here, not nothing',
    ],
  ],
  [
    'matrix: {with: [1]}',
    [
      "5:14+4 name-taken: a variable of the stage cannot be called 'with', since every stage has one (give it another name)",
    ],
  ],
  [
    'each: {photo: p/, b: q/}',
    [
      '4:10+5 same-output: every item would write the same file \'o.txt\' (use the item in it: "${photo.dir}/${photo.stem}.json")',
      '5:23+1 bad-each: each goes over one source, not 2 (several folders are a list: each: { photo: [a/, b/] })',
    ],
  ],
  [
    'each: p/',
    ["5:11+2 wrong-type: a map with the name of the item, such as { photo: photos/ }, is wanted here, not 'p/'"],
  ],
  ['in: {x: }', ['5:13+1 null-reference: a reference is wanted here, not nothing']],
  ['in: {x: 3}', ['5:13+1 wrong-type: a reference is wanted here, not 3']],
  ['in: {x: [[a]]}', []],
  ['in: [x]', ['5:9+3 wrong-type: a map of names to references is wanted here, not a list']],
  [
    "in: {'a b': x}",
    [
      "5:10+5 bad-name: 'a b' cannot name an input (a name begins with a letter or _ and goes on with letters, digits, _ and -)",
    ],
  ],
  [
    'in: {x: {from: b}}',
    [
      '5:13+9 bad-choice: an input that is a map needs both from: (a matrix stage) and only: (the choice among its tasks) ({ from: STAGE, only: STAGE.OUT })',
    ],
  ],
  [
    'in: {x: {from: b, only: c, onyl: d}}',
    ["5:32+4 unknown-key: such an input has no key 'onyl' (did you mean 'only'?)"],
  ],
  ['timeout: 10 parsecs', ["5:14+10 wrong-type: a duration such as 90 s or 10 min is wanted here, not '10 parsecs'"]],
  ['timeout: 0', ['5:14+1 wrong-type: a duration such as 90 s or 10 min is wanted here, not 0']],
  ['retries: -1', ['5:14+2 wrong-type: a whole number of at least 0 is wanted here, not -1']],
  ['strict: 1', ['5:13+1 wrong-type: true or false is wanted here, not 1']],
  ['deterministic: no', ["5:20+2 wrong-type: true or false is wanted here, not 'no'"]],
  [
    'resources: {cpu: 0, gpu: 0.5, memory: lots, disk: 3}',
    [
      '5:22+1 wrong-type: a whole number of at least 1 is wanted here, not 0',
      '5:30+3 wrong-type: a whole number of at least 0 is wanted here, not 0.5',
      "5:43+4 wrong-type: a size such as 6 GB is wanted here, not 'lots'",
      "5:49+4 unknown-key: resources has no key 'disk' (there are 'cpu', 'gpu', 'memory', 'locks')",
    ],
  ],
  [
    'batch: 3',
    [
      '5:5+5 batch-without-each: batch: counts items, and a stage without each: has none (add each:, or leave out batch:)',
    ],
  ],
  [
    'env: [A=1]',
    [
      "5:11+3 bad-name: 'A=1' is not the name of an environment variable (only names stand here, such as env: [LANG]; values come from outside)",
    ],
  ],
  ['code: 3', ['5:11+1 wrong-type: a path or a glob is wanted here, not 3']],
  [
    'with: {recipe: {epochs: 3}}\nresumable: [recipe.epoch, recipe.epochs]',
    ["6:17+12 unknown-parameter: with: has no parameter 'recipe.epoch' (did you mean 'recipe.epochs'?)"],
  ],
  ['with: [1]', ['5:11+3 wrong-type: a map of parameters is wanted here, not a list']],
  ['rows: {o: photo}', ["5:12+1 unknown-output: the stage has no output 'o' (there is 'out')"]],
];

for (const [keys, expected] of stages) test(keys, () => assert.deepEqual(said(stageWith(keys)), expected));

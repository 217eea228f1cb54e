// biome-ignore-all lint/suspicious/noTemplateCurlyInString: \${name} is the template of pipeline.yaml.
/** Every fault of a pipeline's text, a case a line: the YAML, and all that is said of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PipelineSettings } from '../../../engine/model/spec.ts';
import { said } from './said.ts';

type Case = readonly [yaml: string, said: readonly string[], settings?: Partial<PipelineSettings>];

const pipelines: readonly Case[] = [
  ['', ['1:1+1 wrong-type: a pipeline is a map with the key stages:, not nothing (begin it with stages:)']],
  ['- 1', ['1:1+3 wrong-type: a pipeline is a map with the key stages:, not a list (begin it with stages:)']],
  ['stages: {}', ['1:1+6 no-stages: the pipeline has no stages (list them under stages:)']],
  [
    'vars: {}\nstage: {}',
    [
      '1:1+8 no-stages: the pipeline has no stages (list them under stages:)',
      "2:1+5 unknown-key: a pipeline has no key 'stage' (did you mean 'stages'?)",
    ],
  ],
  ['a: b: c', ['1:4+1 yaml: nested mappings are not allowed in compact mappings']],
  ['stages:\n\ta: 1', ['2:1+1 yaml: tabs are not allowed as indentation']],
  [
    'stages: {a: {use: x, out: y}}\n---\nb: 1',
    ['2:1+3 yaml: a pipeline is one YAML document; a second one begins here'],
  ],
  [
    'stages: [1\nb: 2',
    ['2:1+1 yaml: flow sequence in block collection must be sufficiently indented and end with a ]'],
  ],
  ['stages: {a: {use: "x, out: y}}', ['1:31+1 yaml: missing closing "quote']],
  ['stages: {a: {use: *gone, out: y}}', ["1:19+5 unknown-anchor: no anchor '&gone' stands before this alias"]],
  ['vars: &v { a: *v }\nstages: {a: {use: x, out: y}}', ["1:15+2 unknown-anchor: the anchor '&v' contains itself"]],
  [
    'stages: {a: {use: x, use: z, out: y}}',
    ["1:22+3 duplicate-key: 'use' is given twice (it stands in line 1 already)"],
  ],
  ['stages: {a: {<<: 3, use: x, out: y}}', ['1:14+2 bad-merge: only a map, or a list of maps, can be merged by <<']],
  [
    'stages: {? [q] : 1, a: {use: x, out: y}}',
    ['1:12+3 bad-key: a name has to be a plain text, not a list, a map or an alias'],
  ],
  [
    'vars: {seed: 12345678901234567890, b: .inf}\nstages: {a: {use: x, out: y}}',
    [
      '1:14+20 bad-number: the number 12345678901234567890 cannot be kept exactly (quote it to make it a text)',
      '1:39+4 bad-number: the number .inf cannot be kept exactly (quote it to make it a text)',
    ],
  ],
  ['vars: {a: !mine 3}\nstages: {a: {use: x, out: y}}', ['1:11+5 !yaml: unresolved tag: !mine']],
  [
    'vars: {net: 3}\nstages:\n  a: { use: x, out: y, with: { net: ${net}, b: [${net}] } }\n  b: { uze: x, out: y }',
    [
      '3:37+6 braces-in-flow: ${net} cannot stand unquoted between braces or brackets, where YAML reads its brace as a map (write $net, or "${net}" inside a text)',
      '3:49+6 braces-in-flow: ${net} cannot stand unquoted between braces or brackets, where YAML reads its brace as a map (write $net, or "${net}" inside a text)',
      "4:3+1 use-or-run: the stage 'b' has neither use: nor run: (say what it does: use: stages/NAME.ts, or run: a command)",
      "4:8+3 unknown-key: the stage 'b' has no key 'uze' (did you mean 'use'?)",
    ],
  ],
  [
    'vars: {a: $b, b: "${c}", c: [$a]}\nstages: {a: {use: x, out: y, with: {q: $a}}}',
    ['1:8+1 variable-cycle: variables that need each other: a -> b -> c -> a (give one of them a value of its own)'],
  ],
  [
    'vars: {nett: 1, a: $net}\nstages: {a: {use: x, out: y}}',
    ["1:20+4 unknown-variable: there is no variable 'net' (did you mean 'nett'?)"],
  ],
  [
    'vars: {net: 1}\nprofiles: {big: {ned: 2}, small: 3}\nstages: {a: {use: x, out: y}}',
    [
      "2:18+3 unknown-variable: the profile sets 'ned', which vars does not have (did you mean 'net'?)",
      "2:34+1 wrong-type: the profile 'small' has to be a map of variables, not 3",
    ],
  ],
  [
    'vars: {net: 1}\nprofiles: {big: {net: 2}}\nstages: {a: {use: x, out: y}}',
    ["unknown-profile: there is no profile 'bug' (did you mean 'big'?)"],
    { profile: 'bug' },
  ],
  [
    'stages: {a: {use: x, out: y}}',
    ["unknown-profile: there is no profile 'big' (pipeline.yaml has none under profiles:)"],
    { profile: 'big' },
  ],
  [
    'vars: {recipe: {lr: 1}, n: 3}\nstages: {a: {use: x, out: y}}',
    [
      "unknown-setting: --set recipe.lrr: vars has no 'recipe.lrr' (did you mean 'recipe.lr'?)",
      "unknown-setting: --set receipt: vars has no 'receipt' (did you mean 'recipe'?)",
      "unknown-setting: --set n.x: 'n' is 3 and has no parts",
    ],
    {
      set: [
        { path: 'recipe.lrr', value: 2 },
        { path: 'receipt', value: 2 },
        { path: 'n.x', value: 1 },
      ],
    },
  ],
  [
    'vars: {n: 3}\nstages: {a: {use: x, out: y, with: {n: $n}}}',
    ["unknown-variable: --set: there is no variable 'm'"],
    { set: [{ path: 'n', value: '$m' }] },
  ],
  [
    `stages: {${'s'.repeat(255)}: {use: x, out: y}, ${'s'.repeat(256)}: {use: x, out: y}}`,
    [`1:285+256 bad-name: '${'s'.repeat(40)}…' cannot name a stage (a name has at most 255 characters)`],
  ],
  [
    'stages: {a b: {use: x, out: y}, c: 3, d: }',
    [
      "1:10+3 bad-name: 'a b' cannot name a stage (a name begins with a letter or _ and goes on with letters, digits, _ and -)",
      "1:36+1 wrong-type: a map of the stage 'c' is wanted here, not 3",
      "1:42+1 wrong-type: a map of the stage 'd' is wanted here, not nothing",
    ],
  ],
  [
    'stages: {a: {out: y}}',
    [
      "1:10+1 use-or-run: the stage 'a' has neither use: nor run: (say what it does: use: stages/NAME.ts, or run: a command)",
    ],
  ],
  [
    'stages: {a: {use: x}, b: {use: x, out: {}}, c: {use: [x], out: y}}',
    [
      "1:10+1 no-output: the stage 'a' has no out:, by which its result is known again (out: result.txt)",
      '1:35+3 no-output: a stage has at least one output, by which its result is known again (out: result.txt)',
      "1:54+3 wrong-type: a module's path is wanted here, not a list",
    ],
  ],
  [
    "stages: {a: {run: [], out: y}, b: {run: ' ', out: y}, c: {run: {x: 1}, out: y}}",
    [
      '1:19+2 wrong-type: a command is wanted here, not a list',
      "1:41+3 wrong-type: a command is wanted here, not ' '",
      '1:64+6 wrong-type: a command is wanted here, not a map',
    ],
  ],
  [
    'stages: {a: {use: x, each: {in: p/}, out: "${in.id}"}}',
    [
      "1:29+2 name-taken: a variable of the stage cannot be called 'in', since every stage has one (give it another name)",
    ],
  ],
  [
    'vars: {photo: p/}\nstages: {a: {use: x, each: {photo: p/}, out: "${photo.id}"}}',
    ["2:29+5 name-taken: a variable of the stage cannot be called 'photo', since vars has one (give it another name)"],
  ],
  [
    'vars: {p: null}\nstages: {a: {use: x, each: {photo: $p?}, out: "${photo.id}"}}',
    ['2:36+3 null-reference: the source of each may not be absent (give it an empty folder instead)'],
  ],
  [
    'vars: {p: null}\nstages: {a: {use: x, in: {p: $p, q: [$p], r: $p?}, out: o}}',
    [
      '2:30+2 null-reference: $p is null, and this input may not be absent (write $p? to let it be absent)',
      '2:38+2 null-reference: $p is null, and this input may not be absent (write $p? to let it be absent)',
    ],
  ],
  [
    "stages: {a: {use: x, out: /tmp/o}, b: {use: x, out: a/../../o}, c: {use: x, out: ./}, d: {use: x, out: 'a\\b'}, e: {use: x, out: '~/o'}}",
    [
      "1:27+6 output-outside: the output '/tmp/o' is an absolute path (outputs lie below artifacts/STAGE/; name it from there)",
      "1:53+9 output-outside: the output 'a/../../o' leads out of the stage's folder (leave out the ..)",
      "1:82+2 bad-output: the output './' names no file or folder (out: result.txt, or out: results/ for a folder)",
      "1:104+5 bad-output: the output 'a\\b' holds a character that no output's name may hold (folders are parted by /)",
      "1:129+5 output-outside: the output '~/o' is an absolute path (outputs lie below artifacts/STAGE/; name it from there)",
    ],
  ],
  [
    'stages: {a: {use: x, each: {p: q/}, out: {a: r.txt, b: "${p.dir}/", c: "${p.path}", d: "${q.id}"}}}',
    [
      '1:46+5 same-output: every item would write the same file \'r.txt\' (use the item in it: "${p.dir}/${p.stem}.json")',
      '1:56+11 bad-output: an item has files as outputs, not folders (leave out the slash at the end)',
      "1:73+9 unknown-variable: 'p' has no part 'path' (there are 'id', 'dir', 'stem', 'ext')",
      "1:89+7 unknown-variable: there is no variable 'q' (did you mean 'p'?)",
    ],
  ],
  [
    'stages: {a: {use: x, out: {b: c, d: e}, rows: photo, metrics: [m]}}',
    [
      '1:47+5 which-output: rows: has to say which of the outputs it means (write rows: { b: ... }; the outputs are b, d)',
      '1:63+3 which-output: metrics: has to say which of the outputs it means (write metrics: { b: ... }; the outputs are b, d)',
    ],
  ],
  [
    'stages: {a: {run: "cat ${in.b} ${out} ${with.c} ${d} ${photo.id}", in: {a: b}, out: o}}',
    [
      "1:24+7 unknown-variable: 'in' has no part 'b' (did you mean 'a'?)",
      "1:39+9 unknown-variable: 'with' has no part 'c'",
      "1:49+4 unknown-variable: there is no variable 'd' (for a variable of the shell write $${d})",
      "1:54+11 unknown-variable: there is no variable 'photo' (for a variable of the shell write $${photo.id})",
    ],
  ],
  [
    'stages: {a: {run: "touch ${out}", out: o}, b: {run: "cat ${a.out}", in: {x: $a}, out: o}}',
    [
      "1:58+8 unknown-variable: there is no variable 'a' (a is a stage: declare what it makes under in:, and write ${in.NAME} here)",
      "1:77+2 unknown-variable: there is no variable 'a' (a is a stage, and what it makes is named without $: a.OUT)",
    ],
  ],
  [
    'stages: {a: {run: "cat ${p} > ${out}", each: {p: photos}, out: "${p.stem}"}}',
    ['1:24+4 not-a-text: ${p} is a map, which cannot stand inside a text (name one of its parts, such as ${p.path})'],
  ],
  [
    'stages: {a: {run: "echo ${HOME} ${ x ${", out: o}}',
    [
      "1:25+7 unknown-variable: there is no variable 'HOME' (for a variable of the shell write $${HOME})",
      "1:33+7 bad-template: '${ x ${' names no variable (write ${name} or ${name.part}; for the text itself write $${ x ${)",
    ],
  ],
  [
    'stages: {a: {run: "cat \\"${in.b}\\" \'${in.b}\'", in: {b: c}, out: o}}',
    [
      '1:19+27 !quoted-twice: ${in.b} is quoted for the shell already, which quotes around it undo (write ${in.b} alone)',
      '1:36+9 !quoted-twice: ${in.b} is quoted for the shell already, which quotes around it undo (write ${in.b} alone)',
    ],
  ],
  [
    'stages: {a: {run: [cat, "${with}", "${in}"], in: {b: c}, with: {z: 1}, out: o}}',
    [
      '1:26+7 not-a-text: ${with} is a map, which cannot stand inside a text (name one of its parts, such as ${with.z})',
      '1:37+5 not-a-text: ${in} is a map, which cannot stand inside a text (name one of its parts, such as ${in.b})',
    ],
  ],
  [
    'vars: {m: {a: 1}, l: [1], n: null}\nstages: {a: {use: x, out: o, with: {a: "x${m}", b: "x${l}", c: "x${n}", d: "$m/x", e: $m.b}}}',
    [
      '2:42+4 not-a-text: ${m} is a map, which cannot stand inside a text (name one of its parts, such as ${m.a})',
      '2:54+4 not-a-text: ${l} is a list, which cannot stand inside a text',
      '2:66+4 not-a-text: ${n} is null, which cannot stand inside a text',
      "2:77+2 !bare-name: '$m' inside a text stands for itself, not for the variable (write ${m})",
      "2:87+4 unknown-variable: 'm' has no part 'b' (did you mean 'a'?)",
    ],
  ],
  [
    'default: [3]\nstages: {a: {use: x, out: o, code: "${in.x}"}}',
    [
      '1:11+1 wrong-type: a stage or a list of stages is wanted here, not 3',
      "2:37+7 unknown-variable: there is no variable 'in' here (only run: may use in, out and with)",
    ],
  ],
  [
    'vars: 3\nprofiles: 4\nstages: 5',
    [
      '1:7+1 wrong-type: a map under vars: is wanted here, not 3',
      '2:11+1 wrong-type: a map under profiles: is wanted here, not 4',
      '3:9+1 wrong-type: a map under stages: is wanted here, not 5',
    ],
  ],
];

for (const [yaml, expected, settings] of pipelines) {
  test(yaml, () => assert.deepEqual(said(yaml, settings), expected));
}

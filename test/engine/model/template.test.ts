// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${name} is the template of pipeline.yaml.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandVariables, fillCommand, itemNames, quoteForShell } from '../../../engine/model/command.ts';
import type { Json } from '../../../engine/model/names.ts';
import { fillTemplate, protectTemplate } from '../../../engine/model/template.ts';

const variables = {
  a: 'x',
  n: 3,
  yes: true,
  none: null,
  list: [1, 'b c'],
  net: { name: 'b0', 'in-size': 96 },
  dollar: '$',
};

const filled: readonly (readonly [template: Json, value: Json])[] = [
  ['$n', 3],
  ['$net', { name: 'b0', 'in-size': 96 }],
  ['$net.in-size', 96],
  ['$list', [1, 'b c']],
  ['$none?', null],
  ['$yes', true],
  ['${n}', '3'],
  ['a${a}-${net.name}.${yes}', 'ax-b0.true'],
  ['cost $5 of $n', 'cost $5 of $n'],
  ['$$n', '$n'],
  ['$$$n', '$$n'],
  ['$$', '$$'],
  ['$${a}', '${a}'],
  ['$$${a}', '$x'],
  ['$$$${a}', '$${a}'],
  ['${dollar}{a}', '${a}'],
  ['{a}', '{a}'],
  [{ k: ['$n', { $n: '${a}' }] }, { k: [3, { $n: 'x' }] }],
];

for (const [template, value] of filled) {
  test(`${JSON.stringify(template)} is ${JSON.stringify(value)}`, () => {
    assert.deepEqual(fillTemplate(template, variables), value);
    // In two steps, of which the first knows nothing or everything, it comes to the same.
    for (const known of [{}, variables]) {
      assert.deepEqual(fillTemplate(fillTemplate(template, known, { partial: true }), variables), value);
    }
  });
}

test('what is unknown, and what is no text, is a bug at the last filling', () => {
  assert.throws(() => fillTemplate('$gone', variables), /nothing is known of \$gone/);
  assert.throws(() => fillTemplate('a${net.size}', variables), /nothing is known of \$\{net.size\}/);
  assert.throws(() => fillTemplate('a${net}', variables), /has to stand in/);
  assert.throws(() => fillTemplate('$constructor', variables), /nothing is known/);
});

const dollars = fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', '?', '.', ' '), maxLength: 12 });

test('a protected text comes back as it was, whatever stands beside it', () => {
  fc.assert(
    fc.property(dollars, dollars, (one, other) => {
      assert.equal(fillTemplate(protectTemplate(one), {}), one);
      const half = fillTemplate('${one}${other}${later}', { one, other }, { partial: true });
      assert.equal(fillTemplate(half, { later: other }), one + other + other);
    }),
  );
});

const words: readonly (readonly [command: string | readonly string[], filled: string | readonly string[]])[] = [
  ['cp ${in.a} ${out}', "cp 'my photos/a.jpg' /o/out.txt"],
  ['cat ${in.many} > ${out}', "cat a.txt 'it'\\''s.txt' > /o/out.txt"],
  ['test -e x${in.none}', 'test -e x'],
  ['n=${with.n}; echo $n $$ $${n}', 'n=4; echo $n $$ ${n}'],
  ['echo ${with.recipe}', `echo '{"lr":0.1}'`],
  [
    ['cp', '${in.a}', 'x=${with.n}', '${out}'],
    ['cp', 'my photos/a.jpg', 'x=4', '/o/out.txt'],
  ],
  [
    ['cat', '${in.many}', '${in.none}', '$${in.a}'],
    ['cat', 'a.txt', "it's.txt", '${in.a}'],
  ],
  [
    ['${p.id}', '${p.dir}', '${p.stem}', '${p.ext}', '${p.path}'],
    ['a/b.tar.gz', 'a', 'b.tar', '.gz', '/s/a/b.tar.gz'],
  ],
];

for (const [command, expected] of words) {
  test(`command ${JSON.stringify(command)}`, () => {
    const names = commandVariables({
      inputs: { a: 'my photos/a.jpg', many: ['a.txt', "it's.txt"], none: null },
      outputs: { out: '/o/out.txt' },
      with: { n: 4, recipe: { lr: 0.1 } },
      item: { variable: 'p', names: itemNames('a/b.tar.gz', '/s/a/b.tar.gz') },
    });
    assert.deepEqual(fillCommand(command, names), expected);
    assert.deepEqual(fillCommand(fillCommand(command, { with: { n: 4 } }, { partial: true }), names), expected);
  });
}

test('the names of items at the top, without ending, and hidden', () => {
  assert.deepEqual(itemNames('x.JPG', '/x.JPG'), { id: 'x.JPG', dir: '.', stem: 'x', ext: '.JPG', path: '/x.JPG' });
  assert.deepEqual(itemNames('a/b/Makefile', ''), {
    id: 'a/b/Makefile',
    dir: 'a/b',
    stem: 'Makefile',
    ext: '',
    path: '',
  });
  assert.deepEqual(itemNames('.hidden', ''), { id: '.hidden', dir: '.', stem: '.hidden', ext: '', path: '' });
});

test('the shell reads a quoted text as one word, unchanged', () => {
  const texts = ['', ' ', "it's", '"', '$HOME', '`x`', '\\', 'a\nb', '*', '~', '!', '#', 'ä', '-n', ';', '$(x)', "''"];
  const script = `printf '%s\\0' ${texts.map(quoteForShell).join(' ')}`;
  const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  assert.deepEqual(stdout.split('\0').slice(0, -1), texts);
});

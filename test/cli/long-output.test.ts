import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBinProject } from './bin-project.ts';

test('an answer longer than a pipe holds arrives whole', (context) => {
  const numbers = Array.from({ length: 3000 }, (_, index) => index);
  const stages = numbers.map(
    (index) => `  stage${index}: { run: [cp, "\${in.a}", "\${out}"], in: { a: ./a }, out: b }\n`,
  );
  const project = createBinProject({ 'pipeline.yaml': `stages:\n${stages.join('')}`, a: 'a' });
  context.after(project.remove);
  const { status, text } = project.flow('plan');
  assert.equal(status, 0);
  assert.deepEqual(
    text.split('\n').flatMap((line) => /^run +(stage\d+) /.exec(line)?.[1] ?? []),
    numbers.map((index) => `stage${index}`),
  );
});

test('a thousand wrong stages do not flood the terminal, and --json holds them all', (context) => {
  const stages = Array.from(
    { length: 1000 },
    (_, index) => `  wrong name ${index}: { run: [touch, "\${out}"], out: b }\n`,
  );
  const project = createBinProject({ 'pipeline.yaml': `stages:\n${stages.join('')}` });
  context.after(project.remove);
  const { status, text } = project.flow('run');
  assert.equal(status, 2);
  assert.equal(text.match(/: error: /g)?.length, 10);
  assert.ok(text.endsWith('\nand 990 more errors\n\n1000 errors\n'), text);
  const all = project.flow('run', '--json');
  assert.equal(JSON.parse(all.text).diagnostics.length, 1000);
});

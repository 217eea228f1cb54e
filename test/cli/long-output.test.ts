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

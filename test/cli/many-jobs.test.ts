import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBinProject } from './bin-project.ts';

test('many tasks at once are said and nothing else is', (context) => {
  const stages = Array.from({ length: 24 }, (_, index) => `  s${index}: { run: 'sleep 0.3; touch \${out}', out: b }\n`);
  const project = createBinProject({ 'pipeline.yaml': `stages:\n${stages.join('')}` });
  context.after(project.remove);
  const { status, text } = project.flow('run', '--jobs', '20');
  assert.equal(status, 0);
  const strange = text.split('\n').filter((line) => !/^(s\d+: (started|done) |The pipeline is done|$)/.test(line));
  assert.deepEqual(strange, []);
});

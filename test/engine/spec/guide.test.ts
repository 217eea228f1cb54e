/** docs/pipeline.md says what is so: its YAML is read, and every code that can be said is in its table. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { saidOfGraph } from './said.ts';

const root = new URL('../../../', import.meta.url);
const guide = readFileSync(new URL('docs/pipeline.md', root), 'utf8');
const blocks = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] ?? '');

test('there are blocks to be read', () => assert.ok(blocks.length >= 5));

for (const [index, block] of blocks.entries()) {
  test(`block ${index + 1} has no fault`, () => assert.deepEqual(saidOfGraph(block), []));
}

test('every code is explained', () => {
  const table = guide.slice(guide.indexOf('## What can be wrong'));
  for (const room of ['engine/spec/', 'engine/graph/']) {
    for (const file of readdirSync(new URL(room, root)).filter((name) => name.endsWith('.ts'))) {
      const text = readFileSync(new URL(room + file, root), 'utf8');
      for (const [, code] of text.matchAll(/(?:code: |refuse\(\s*)'([a-z-]+)'/g)) {
        assert.ok(table.includes(`\`${code}\``), `${code} of ${room}${file}`);
      }
    }
  }
});

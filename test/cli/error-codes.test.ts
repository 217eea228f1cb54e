import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

// The types are closed, so that the compiler lets no other code through; here the page is held to them.

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/errors.md');
const codesOn = (text: string) =>
  [...text.matchAll(/^\| `([a-z-]+)` \| (.+) \| (.+) \|$/gm)].map(([, code = '']) => code);
const [diagnostics = '', failures = ''] = page.split('\n## Failures\n');

const codes = [...read('engine/model/diagnostic-code.ts').matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(
  ([, code = '']) => code,
);

test('every code of a diagnostic is on the page, with its meaning and what to do, and no other', () => {
  assert.ok(codes.length > 50);
  assert.deepEqual(codesOn(diagnostics).sort(), [...codes].sort());
  assert.deepEqual(codes, [...codes].sort());
});

test('every code is in use', () => {
  const files = readdirSync(new URL('engine', root), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && path !== 'model/diagnostic-code.ts',
  );
  const sources = files.map((path) => read(`engine/${path}`)).join('\n');
  assert.deepEqual(
    codes.filter((code) => !sources.includes(`'${code}'`)),
    [],
  );
});

test('every kind of failure is on the page, and no other', () => {
  const kinds = [...read('engine/model/failure.ts').matchAll(/^ {2}\| \{ readonly kind: '([a-z-]+)'/gm)].map(
    ([, kind = '']) => kind,
  );
  assert.ok(kinds.length > 10);
  assert.deepEqual(codesOn(failures), kinds);
});

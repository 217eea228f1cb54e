import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commands } from '../../engine/cli/commands.ts';
import { commonOptions } from '../../engine/cli/declaration.ts';

const rows = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('docs/cli.md names every command', () => {
  const named = rows.flatMap(([first = '']) => /^`flow ([\w-]+)/.exec(first)?.[1] ?? []);
  assert.deepEqual(named.sort(), commands.map(({ name }) => name).sort());
});

test('docs/cli.md names every option with the commands that have it', () => {
  const documented = rows.flatMap(([first = '', users = '']) => {
    const option = /^`--([\w-]+)/.exec(first)?.[1];
    if (option === undefined) return [];
    const but = users.startsWith('all') ? [...users.matchAll(/`([\w-]+)`/g)].map(([, name]) => name) : [];
    const listed = users.startsWith('all')
      ? commands.map(({ name }) => name).filter((name) => !but.includes(name))
      : [...users.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
    return listed.map((name) => `${name} --${option}`);
  });
  const declared = commands.flatMap(({ name, options }) =>
    [...options, ...commonOptions].map((option) => `${name} --${option.name}`),
  );
  assert.deepEqual(documented.sort(), declared.sort());
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderDiagnostics } from '../../../engine/cli/render/diagnostics.ts';
import { coloured, colourless } from '../../../engine/cli/render/paint.ts';
import type { Diagnostic } from '../../../engine/model/diagnostic.ts';

const source = 'stages:\n  clean:\n    in: { photos: resise.photo }\n\tout: { 写真: labels }\r\n';
const style = {
  paint: colourless,
  columns: 80,
  sources: new Map([['pipeline.yaml', source]]),
  nameFile: (file: string) => `../${file}`,
};
const unknown: Diagnostic = {
  code: 'unknown-stage',
  severity: 'error',
  message: "'resise' names no stage",
  file: 'pipeline.yaml',
  at: { line: 3, column: 19, length: 6 },
  hint: "did you mean 'resize'?",
};

test('place, line, carets, hint and code', () => {
  assert.equal(
    renderDiagnostics([unknown], style),
    [
      "../pipeline.yaml:3:19: error: 'resise' names no stage [unknown-stage]",
      '  3 │     in: { photos: resise.photo }',
      '    │                   ^^^^^^',
      "  did you mean 'resize'?",
      '',
    ].join('\n'),
  );
});

test('several stand in the order of the file and are counted', () => {
  const placeless: Diagnostic = { code: 'command-line', severity: 'error', message: 'no such profile' };
  const warning: Diagnostic = {
    ...{ code: 'bare-name', severity: 'warning', message: 'odd name', file: 'pipeline.yaml' },
    at: { line: 4, column: 9, length: 2 },
  };
  assert.equal(
    renderDiagnostics([warning, unknown, placeless], style),
    [
      'error: no such profile [command-line]',
      '',
      "../pipeline.yaml:3:19: error: 'resise' names no stage [unknown-stage]",
      '  3 │     in: { photos: resise.photo }',
      '    │                   ^^^^^^',
      "  did you mean 'resize'?",
      '',
      '../pipeline.yaml:4:9: warning: odd name [bare-name]',
      '  4 │   out: { 写真: labels }',
      '    │          ^^^^',
      '',
      '2 errors, 1 warning',
      '',
    ].join('\n'),
  );
});

test('a long line is shown around the place that is meant', () => {
  const text = `${'a'.repeat(200)}HERE${'b'.repeat(200)}`;
  const long = { ...unknown, at: { line: 1, column: 201, length: 4 } };
  const [, line = '', carets = ''] = renderDiagnostics([long], {
    ...style,
    sources: new Map([['pipeline.yaml', text]]),
  }).split('\n');
  assert.ok(line.length <= 80, line);
  assert.equal(carets.indexOf('^'), line.indexOf('HERE'));
  assert.equal(carets.trimEnd().length, line.indexOf('HERE') + 4);
});

test('without its source a diagnostic has its place alone', () => {
  assert.equal(
    renderDiagnostics([{ ...unknown, hint: '' }], { ...style, sources: new Map() }).split('\n')[0],
    "../pipeline.yaml:3:19: error: 'resise' names no stage [unknown-stage]",
  );
});

test('colour is for terminals', () => {
  assert.ok(renderDiagnostics([unknown], { ...style, paint: coloured }).includes('\u001b[31m^^^^^^\u001b[39m'));
});

test('of many the first ten are shown, errors before warnings, and all are counted', () => {
  const wrong = (line: number): Diagnostic => ({
    ...unknown,
    message: `fault ${line}`,
    at: { line, column: 1, length: 1 },
  });
  const odd = (line: number): Diagnostic => ({ ...wrong(line), severity: 'warning' });
  const lines = Array.from({ length: 1000 }, (_, index) => index + 1);
  const shownOf = (text: string) =>
    [...text.matchAll(/: (error|warning): fault (\d+)/g)].map(([, , line]) => Number(line));

  const text = renderDiagnostics(lines.map(wrong), { ...style, sources: new Map() });
  assert.deepEqual(shownOf(text), lines.slice(0, 10));
  assert.ok(text.endsWith('\n\nand 990 more errors\n\n1000 errors\n'), text);

  const mixed = renderDiagnostics([...lines.slice(0, 500).map(odd), wrong(501), ...lines.slice(501).map(odd)], style);
  assert.deepEqual(shownOf(mixed), [...lines.slice(0, 9), 501]);
  assert.ok(mixed.endsWith('\nand 990 more warnings\n\n1 error, 999 warnings\n'), mixed);

  const both = renderDiagnostics([...lines.slice(0, 12).map(wrong), odd(13)], style);
  assert.ok(both.endsWith('\nand 2 more errors, 1 more warning\n\n12 errors, 1 warning\n'), both);
  assert.deepEqual(shownOf(renderDiagnostics(lines.slice(0, 10).map(wrong), style)), lines.slice(0, 10));
  assert.doesNotMatch(renderDiagnostics(lines.slice(0, 10).map(wrong), style), /more/);
});

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

// A reporter for node's test runner: a line a file, each failure in full, each skip with its reason, one closing line.
import { inspect } from 'node:util';

/** `sourceOf` gives the path of a test's source as it is to be told, from the one that node tells. */
export function report(sourceOf) {
  return (events) => reportEvents(events, sourceOf);
}

async function* reportEvents(events, sourceOf) {
  const printed = new Map();
  const totals = {};
  let file;
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') {
      // Shown only where the file fails: what a passing test prints helps nobody.
      const path = sourceOf(data.file);
      printed.set(path, (printed.get(path) ?? '') + data.message);
    } else if (type === 'test:pass' || type === 'test:fail') {
      const path = sourceOf(data.file);
      if (file?.path !== path) {
        if (file) yield closeFile(file, printed);
        file = { path, tests: 0, milliseconds: 0, failures: [], skips: [] };
      }
      count(file, type, data);
    } else if (type === 'test:diagnostic' && data.file === undefined) {
      // `tests 12`, `pass 12`, …: the runner's own counts, in Node 20 to be had in this form alone.
      const [, name, value] = /^(\w+) ([\d.]+)$/.exec(data.message) ?? [];
      if (name) totals[name] = Number(value);
    }
  }
  if (file) yield closeFile(file, printed);
  const { pass = 0, fail = 0, cancelled = 0, skipped = 0, duration_ms: milliseconds = 0 } = totals;
  const seconds = (milliseconds / 1000).toFixed(1);
  yield `${seconds} s\n${pass} passed, ${fail + cancelled} failed, ${skipped} skipped\n`;
}

function count(file, type, data) {
  if (data.nesting === 0) file.milliseconds += data.details.duration_ms;
  if (data.details.type !== 'suite') file.tests++;
  if (typeof data.skip === 'string' || data.skip === true) file.skips.push({ name: data.name, reason: data.skip });
  // A parent fails with its subtests, which say more.
  if (type === 'test:fail' && data.details.error?.failureType !== 'subtestsFailed') file.failures.push(data);
}

function closeFile(file, printed) {
  const mark = file.failures.length > 0 ? '✗' : '✓';
  const seconds = (file.milliseconds / 1000).toFixed(1);
  let text = `${mark} ${file.path}  ${file.tests === 1 ? '1 test' : `${file.tests} tests`}, ${seconds} s\n`;
  for (const { name, reason } of file.skips) {
    text += `    skipped: ${name}${typeof reason === 'string' ? `: ${reason}` : ''}\n`;
  }
  for (const { name, details } of file.failures) {
    const error = details.error?.cause ?? details.error;
    text += `  ✗ ${name}\n${indent(describe(error))}\n`;
  }
  if (file.failures.length > 0 && printed.has(file.path)) text += `  it printed:\n${indent(printed.get(file.path))}\n`;
  return text;
}

/** An assertion's stack holds its difference already; other errors may carry a cause. */
function describe(error) {
  if (typeof error === 'string') return error;
  return error?.code === 'ERR_ASSERTION' ? error.stack : inspect(error, { depth: 6 });
}

function indent(text) {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

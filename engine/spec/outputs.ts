import type { DiagnosticCode } from '../model/diagnostic.ts';
import type { OutSpec } from '../model/spec.ts';
import { parseTemplate } from '../model/template.ts';
import { checkName, placeOf, readText } from './read.ts';
import { resolve, type Scope } from './scope.ts';
import type { YamlEntry, YamlValue } from './yaml-value.ts';

interface OutScope {
  readonly scope: Scope;
  /** The item's variable of an `each` stage. */
  readonly item?: string | undefined;
}

/** `out:` of a stage: one path, called `out`, or a map of names to paths. */
export function readOutputs({ value, keyAt }: YamlEntry, out: OutScope): readonly OutSpec[] {
  const { report } = out.scope;
  const resolved = resolve(value, out.scope);
  if (!resolved) return [];
  if (resolved.kind !== 'map') return [readOutput('out', value, out)];
  if (resolved.entries.length === 0) {
    const message = 'a stage has at least one output, by which its result is known again';
    report.error({ code: 'no-output', at: keyAt, message, hint: 'out: result.txt' });
  }
  return resolved.entries.flatMap((entry) =>
    checkName('an output', entry, report) ? [readOutput(entry.key, entry.value, out)] : [],
  );
}

/** After a diagnostic the output keeps its name, so that references to it are not called wrong as well. */
function readOutput(name: string, value: YamlValue, out: OutScope): OutSpec {
  const read = readText(value, 'a path', out.scope);
  const optional = read?.text.endsWith('?') === true && read.text.length > 1;
  const text = (optional ? read?.text.slice(0, -1) : read?.text) ?? '';
  const sound = read !== undefined && checkPath(text, value, out);
  return { name, path: { text: sound ? tidy(text) : name, at: placeOf(value) }, optional };
}

/** Without `.` and empty steps, so that equal places are written equally; a trailing slash stays, it means a folder. */
function tidy(path: string): string {
  const steps = path.split('/').filter((step, index, all) => step !== '.' && (step !== '' || index === all.length - 1));
  return steps.join('/');
}

function checkPath(path: string, { at }: YamlValue, { scope: { report }, item }: OutScope): boolean {
  const steps = path.split('/');
  const refuse = (code: DiagnosticCode, message: string, hint: string) => {
    report.error({ code, at, message, hint });
    return false;
  };
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:[\\/]/.test(path)) {
    return refuse(
      'output-outside',
      `the output '${path}' is an absolute path`,
      'outputs lie below artifacts/STAGE/; name it from there',
    );
  }
  if (steps.includes('..')) {
    return refuse('output-outside', `the output '${path}' leads out of the stage's folder`, 'leave out the ..');
  }
  if (path.includes('\\') || path.includes('\0')) {
    return refuse(
      'bad-output',
      `the output '${path}' holds a character that no output's name may hold`,
      'folders are parted by /',
    );
  }
  if (tidy(path) === '' || tidy(path) === '/') {
    return refuse(
      'bad-output',
      `the output '${path}' names no file or folder`,
      'out: result.txt, or out: results/ for a folder',
    );
  }
  if (item === undefined) return true;
  if (path.endsWith('/')) {
    return refuse('bad-output', 'an item has files as outputs, not folders', 'leave out the slash at the end');
  }
  if (!parseTemplate(path).parts.some((part) => part.kind === 'variable' && part.path[0] === item)) {
    const message = `every item would write the same file '${path}'`;
    return refuse('same-output', message, `use the item in it: "\${${item}.dir}/\${${item}.stem}.json"`);
  }
  return true;
}

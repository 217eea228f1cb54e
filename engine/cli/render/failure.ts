import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Failure } from '../../model/event.ts';
import { adviseDeclaring } from '../../model/undeclared.ts';
import { formatBytes, formatCount, formatDuration } from './amounts.ts';

export interface FailureText {
  /** What happened, without the task's name. */
  readonly title: string;
  /** Lines that say more: the command, a stack's first frames. */
  readonly details: readonly string[];
  /** To be shown as the pipeline's own diagnostics are. */
  readonly diagnostics?: readonly Diagnostic[];
  /** What to do. */
  readonly hint?: string;
}

export function describeFailure(failure: Failure): FailureText {
  switch (failure.kind) {
    case 'exit':
      return { title: `the command ended with exit code ${failure.code}`, details: [failure.command] };
    case 'signal':
      return { title: `the command was ended by ${failure.signal}`, details: [failure.command] };
    case 'threw':
      return threw('', failure.message, failure.stack);
    case 'item':
      return threw(`${failure.item}: `, failure.message, failure.stack);
    case 'timeout':
      return {
        title: `stopped, since it took longer than its timeout of ${formatDuration(failure.seconds)}`,
        details: [],
        hint: `'timeout' of the stage sets another`,
      };
    case 'memory':
      return {
        title: `stopped, since it used ${formatBytes(failure.bytes)} of memory where ${formatBytes(failure.limit)} are granted`,
        details: [],
        hint: `'resources.memory' of the stage grants more`,
      };
    case 'worker-lost':
      return { title: `its process ended without a word: ${failure.message}`, details: [] };
    case 'output-missing':
      return {
        title: `it wrote no output '${failure.out}'`,
        details: [`expected at ${failure.path}`],
        hint: `write it, or let it be absent with a '?' behind its path`,
      };
    case 'output-wrong':
      return { title: `its output '${failure.out}' cannot be kept: ${failure.message}`, details: [] };
    case 'input-missing':
      return {
        title: `its input '${failure.input}' does not exist`,
        details: [failure.path],
        hint: `create it, or let it be absent with a '?' behind the reference`,
      };
    case 'input-changed':
      return {
        title: `${formatCount(failure.paths.length, 'input')} changed while it ran, so its result is not kept`,
        details: firstOf(failure.paths, 5),
        hint: 'run again once nothing writes there',
      };
    case 'undeclared':
      return {
        title: `it is strict, and read ${formatCount(failure.count, 'file')} of the project that it does not declare`,
        details: firstOf(failure.paths, 10, failure.count),
        hint:
          failure.run === undefined
            ? adviseDeclaring(failure.paths)
            : `${adviseDeclaring(failure.paths)} (seen in run ${failure.run}; --force looks again)`,
      };
    case 'choice-unknown':
      return { title: `its choice names ${failure.choice}, which stage '${failure.stage}' does not have`, details: [] };
    case 'diagnostics':
      return { title: 'its inputs are not right', details: [], diagnostics: failure.diagnostics };
    case 'disk':
      // Most sentences name the place themselves.
      return {
        title: failure.message,
        details: failure.path === undefined || failure.message.includes(failure.path) ? [] : [failure.path],
      };
    case 'costly':
      return {
        title:
          failure.because === 'damage'
            ? `its stored result is damaged, and making it again costs at most ${formatDuration(failure.seconds)} with what lies below`
            : `only its code is another, and doing it again costs at most ${formatDuration(failure.seconds)} with what lies below`,
        details: [],
        hint: '--yes goes on',
      };
    case 'interrupted':
      return { title: 'interrupted', details: [] };
    default:
      return unknownFailure(failure);
  }
}

/** The first line says what was thrown; of the stack only the frames nearest to it, the rest is in the log. */
function threw(prefix: string, message: string, stack: string | undefined): FailureText {
  const [first = '', ...others] = message.split('\n');
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line) && !line.includes('node:internal'));
  return { title: prefix + first, details: [...others, ...frames.slice(0, 3).map((frame) => frame.trim())] };
}

function firstOf(lines: readonly string[], most: number, all = lines.length): string[] {
  const shown = lines.slice(0, most);
  return all <= shown.length ? shown : [...shown, `and ${formatCount(all - shown.length, 'more file')}`];
}

function unknownFailure(failure: never): never {
  throw new Error(`A failure of an unknown kind: ${JSON.stringify(failure)}`);
}

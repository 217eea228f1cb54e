import type { ParsedArguments } from './arguments.ts';
import { parseArguments } from './arguments.ts';
import { type Console, processConsole } from './console.ts';
import { listenForInterrupts } from './interrupt.ts';
import type { ExitCode, Invocation } from './invocation.ts';
import { refuse } from './with-project.ts';

/** Where a test puts something else in the process's place. */
export interface Surroundings {
  readonly console: Console;
  readonly listenForInterrupts: Invocation['listenForInterrupts'];
  readonly openProject: Invocation['openProject'];
}

/** Runs one command line (what stands behind `flow`) and gives the exit code. */
export async function main(argv: readonly string[], surroundings: Partial<Surroundings> = {}): Promise<ExitCode> {
  const console = surroundings.console ?? processConsole();
  const openProject: Invocation['openProject'] =
    surroundings.openProject ?? (async (options) => (await import('../engine.ts')).openProject(options));
  if (argv[0] === 'complete') return completeWords(argv.slice(1), console, openProject);
  const parsed = parseArguments(argv);
  if (parsed.kind !== 'command') return answer(parsed, console, argv);
  const { execute } = await parsed.command.load();
  const invocation = {
    positionals: parsed.positionals,
    options: parsed.options,
    console,
    listenForInterrupts: surroundings.listenForInterrupts ?? listenForInterrupts,
    openProject,
  };
  try {
    // Awaited here, so that what it throws is caught here.
    return await execute(invocation);
  } catch (error) {
    console.err.write((await import('./render/thrown.ts')).describeThrown(error));
    return 1;
  }
}

/** Not among the commands, since nobody types it. */
async function completeWords(
  words: readonly string[],
  console: Console,
  openProject: Invocation['openProject'],
): Promise<ExitCode> {
  const { complete } = await import('./complete.ts');
  try {
    const found = await complete(words, console, openProject);
    for (const { text, about } of found) console.out.write(about === undefined ? `${text}\n` : `${text}\t${about}\n`);
    return 0;
  } catch {
    // A pipeline with faults has no names to offer; whoever runs the command is told them.
    return 1;
  }
}

async function answer(
  parsed: Exclude<ParsedArguments, { kind: 'command' }>,
  console: Console,
  argv: readonly string[],
): Promise<ExitCode> {
  switch (parsed.kind) {
    case 'wrong':
      return refuse({ console, options: { json: argv.includes('--json') } }, parsed.diagnostics);
    case 'help':
      console.out.write((await import('./help.ts')).renderHelp(parsed.command));
      return 0;
    case 'version':
      console.out.write(`${(await import('./version.ts')).readVersion()}\n`);
      return 0;
    default:
      return parsed;
  }
}

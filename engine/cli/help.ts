import { commands } from './commands.ts';
import { type CommandDeclaration, commonOptions, type OptionDeclaration } from './declaration.ts';

/** The help of one command, or of them all. */
export function renderHelp(command?: CommandDeclaration): string {
  if (command === undefined) {
    return [
      'flow runs the stages of pipeline.yaml that a change reaches, and nothing else.',
      '',
      'Usage: flow COMMAND [ARGUMENTS] [OPTIONS]',
      '',
      table(commands.map(({ name, arguments: words, summary }) => [`flow ${name} ${words}`.trim(), summary])),
      '',
      table([...commonOptions.map(optionRow), ['--version', 'the version of flow']]),
      '',
      'flow COMMAND --help tells more. Exit codes: 0 done, 1 a task failed, 2 the pipeline or the',
      'command line is wrong, 130 interrupted.',
      '',
    ].join('\n');
  }
  return [
    `flow ${command.name}: ${command.summary}`,
    '',
    `Usage: flow ${command.name} ${command.arguments}`.trimEnd(),
    '',
    table([...command.options, ...commonOptions].map(optionRow)),
    '',
    'Examples:',
    table(command.examples),
    '',
  ].join('\n');
}

function optionRow({ name, short, value, help }: OptionDeclaration): readonly [string, string] {
  // One way to write the folder is enough to show: `-C DIR`, as other tools have it.
  const words = name === 'directory' ? '-C' : short === undefined ? `--${name}` : `--${name}, -${short}`;
  return [value === undefined ? words : `${words} ${value}`, help];
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n');
}

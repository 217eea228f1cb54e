import { parseArgs } from 'node:util';
import type { Diagnostic } from '../model/diagnostic.ts';
import { nearest } from '../model/similar.ts';
import { commands } from './commands.ts';
import { type CommandDeclaration, commonOptions, type OptionDeclaration } from './declaration.ts';
import { commandLineError, type OptionValues } from './invocation.ts';

export type ParsedArguments =
  | {
      readonly kind: 'command';
      readonly command: CommandDeclaration;
      readonly positionals: readonly string[];
      readonly options: OptionValues;
    }
  /** Of one command, or of them all. */
  | { readonly kind: 'help'; readonly command?: CommandDeclaration }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly diagnostics: readonly Diagnostic[] };

const everyOption = [...commonOptions, ...commands.flatMap((command) => command.options)];

/** Parses what stands behind `flow`; every fault is reported, not only the first. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  const first = tokenize(argv, []);
  const named = commands.find((candidate) => candidate.name === first.words[first.words[0] === 'help' ? 1 : 0]);
  // Once more, since a command's option may be another thing than that of the same name elsewhere.
  const { words, flags } = named ? tokenize(argv, named.options) : first;
  const isAsked = (name: string) => flags.some((flag) => flag.name === name);

  const [name, ...positionals] = words[0] === 'help' ? words.slice(1) : words;
  const command = commands.find((candidate) => candidate.name === name);
  if (isAsked('version') && name === undefined) return { kind: 'version' };
  if (words[0] === 'help' || isAsked('help')) {
    return command || name === undefined ? { kind: 'help', ...(command ? { command } : {}) } : wrongCommand(name);
  }
  if (name === undefined) return flags.length === 0 ? { kind: 'help' } : missingCommand();
  if (command === undefined) return wrongCommand(name);

  const diagnostics = [...flags.flatMap((flag) => checkFlag(flag, command)), ...checkCount(command, positionals)];
  if (diagnostics.length > 0) return { kind: 'wrong', diagnostics };
  return { kind: 'command', command, positionals, options: readOptions(flags, command) };
}

/** Options of other commands are known, too, so that what stands behind one of them is not taken for a target. */
function tokenize(argv: readonly string[], own: readonly OptionDeclaration[]) {
  // Not strict: node's own messages name neither the command nor what was probably meant.
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries([...everyOption, ...own, version].map((option) => [option.name, parserOption(option)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return {
    words: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    flags: tokens.flatMap((token) => (token.kind === 'option' ? [token] : [])),
  };
}

const version: OptionDeclaration = { name: 'version', short: 'V', help: 'the version of flow' };

interface Flag {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function parserOption(option: OptionDeclaration) {
  const type = option.value === undefined ? ('boolean' as const) : ('string' as const);
  return option.short === undefined ? { type } : { type, short: option.short };
}

function checkFlag(flag: Flag, command: CommandDeclaration): Diagnostic[] {
  const known = [...commonOptions, ...command.options];
  const option = known.find((candidate) => candidate.name === flag.name);
  if (option === undefined) {
    const meant = nearest(
      flag.name,
      known.map((candidate) => candidate.name),
    );
    const elsewhere = commands.find((other) => other.options.some((candidate) => candidate.name === flag.name));
    const hint =
      elsewhere !== undefined
        ? `flow ${elsewhere.name} has it`
        : meant !== undefined
          ? `did you mean '--${meant}'?`
          : `flow ${command.name} --help lists its options`;
    return [commandLineError(`flow ${command.name} has no option ${flag.rawName}`, hint)];
  }
  if (option.value === undefined) {
    return flag.value === undefined ? [] : [commandLineError(`${flag.rawName} takes no value`)];
  }
  // `--profile --json`: what begins with a dash is taken as the next option, unless it is joined with `=` or a number.
  if (flag.value === undefined || (flag.inlineValue !== true && /^-\D/.test(flag.value))) {
    return [commandLineError(`${flag.rawName} needs a value: ${flag.rawName} ${option.value}`)];
  }
  if (option.count && !/^[1-9][0-9]*$/.test(flag.value)) {
    return [commandLineError(`${flag.rawName} is a whole number of at least 1, not '${flag.value}'`)];
  }
  return [];
}

function checkCount(command: CommandDeclaration, positionals: readonly string[]): Diagnostic[] {
  const [least, most] = command.counts;
  const usage = `flow ${command.name} ${command.arguments}`.trim();
  if (positionals.length < least) return [commandLineError(`flow ${command.name} needs ${command.arguments}`, usage)];
  if (positionals.length <= most) return [];
  const extra = positionals.slice(most).join(' ');
  return [commandLineError(`flow ${command.name} does not know what to do with '${extra}'`, usage)];
}

/** Flags that were not given are false, and lists empty, for options of other commands as well. */
function readOptions(flags: readonly Flag[], command: CommandDeclaration): OptionValues {
  const values = [...everyOption, ...command.options].map((option) => [
    camelCase(option.name),
    readOption(option, flags),
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function readOption({ name, value, repeatable, count }: OptionDeclaration, flags: readonly Flag[]) {
  const given = flags.filter((flag) => flag.name === name);
  if (value === undefined) return given.length > 0;
  const values = given.flatMap((flag) => (flag.value ? [flag.value] : []));
  if (repeatable === 'parts')
    return values.flatMap((text) => text.split(',').map((part) => part.trim())).filter((part) => part !== '');
  if (repeatable) return values;
  const last = values.at(-1);
  return count && last !== undefined ? Number(last) : last;
}

function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function missingCommand(): ParsedArguments {
  return { kind: 'wrong', diagnostics: [commandLineError('a command is missing', 'flow --help lists them')] };
}

function wrongCommand(name: string): ParsedArguments {
  const meant = nearest(
    name,
    commands.map((command) => command.name),
  );
  const hint = meant === undefined ? 'flow --help lists the commands' : `did you mean 'flow ${meant}'?`;
  return { kind: 'wrong', diagnostics: [commandLineError(`flow has no command '${name}'`, hint)] };
}

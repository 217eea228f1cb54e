import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../model/project.ts';
import { commands } from './commands.ts';
import type { Console } from './console.ts';
import { type CommandDeclaration, type Completes, commonOptions, type OptionDeclaration } from './declaration.ts';
import { type FoundProject, findProject } from './find-project.ts';
import type { Invocation } from './invocation.ts';

/** What may stand there, with a few words on it where a shell shows them. */
export interface Candidate {
  readonly text: string;
  readonly about?: string;
}

/**
 * `flow complete WORDS…`, which the scripts of `flow completion` call: what the last of the words behind `flow` may become,
 * a line each. Nothing where it is the name of a file, which shells know best; never an error, which nobody would read.
 */
export async function complete(
  words: readonly string[],
  console: Console,
  openProject: Invocation['openProject'],
): Promise<readonly Candidate[]> {
  const partial = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = findCommand(before);
  const [head, inline] = splitInline(partial);
  const option = optionOf(inline === undefined ? before.at(-1) : head, command);
  const sources = { console, openProject, before };
  if (option?.value !== undefined) {
    const values = await candidatesOf(option.completes ?? [], sources);
    const list = option.repeatable === 'parts' ? (inline ?? partial).replace(/[^,]*$/, '') : '';
    const prefix = (inline === undefined ? '' : `${head}=`) + list;
    return values
      .map(({ text, about }) => ({ text: prefix + text, ...(about ? { about } : {}) }))
      .filter(beginsWith(partial));
  }
  if (partial.startsWith('-')) return optionsFor(command).filter(beginsWith(partial));
  const wanted: Completes = command === undefined || before[0] === 'help' ? 'commands' : (command.completes ?? []);
  return (await candidatesOf(wanted, sources)).filter(beginsWith(partial));
}

function beginsWith(partial: string): (candidate: Candidate) => boolean {
  return ({ text }) => text.startsWith(partial);
}

function findCommand(words: readonly string[]): CommandDeclaration | undefined {
  const name = words.find((word, index) => !word.startsWith('-') && !takesValue(words[index - 1]));
  return commands.find((command) => command.name === name);
}

/** Before the command is known only those options count that all commands have. */
function takesValue(word: string | undefined): boolean {
  return optionOf(word, undefined)?.value !== undefined;
}

function splitInline(word: string): [head: string, value: string | undefined] {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

function optionOf(word: string | undefined, command: CommandDeclaration | undefined): OptionDeclaration | undefined {
  return [...(command?.options ?? []), ...commonOptions].find(
    ({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`),
  );
}

function optionsFor(command: CommandDeclaration | undefined): Candidate[] {
  const own = [...(command?.options ?? []), ...commonOptions].map(({ name, help }) => ({
    text: `--${name}`,
    about: help,
  }));
  return command === undefined ? [...own, { text: '--version', about: 'the version of flow' }] : own;
}

interface Sources {
  readonly console: Console;
  readonly openProject: Invocation['openProject'];
  readonly before: readonly string[];
}

async function candidatesOf(wanted: Completes, sources: Sources): Promise<readonly Candidate[]> {
  if (typeof wanted !== 'string') return wanted.map((text) => ({ text }));
  if (wanted === 'commands') return commands.map(({ name, summary }) => ({ text: name, about: summary }));
  const found = findProject({ cwd: sources.console.cwd, ...placeIn(sources.before) });
  if ('severity' in found) return [];
  if (wanted === 'profiles' || wanted === 'variables') return readNames(found, wanted);
  const project = await sources.openProject({ ...found, settings: { set: [] } });
  try {
    return (await ask(project, wanted)).map((text) => ({ text }));
  } finally {
    await project.close();
  }
}

function placeIn(words: readonly string[]): { readonly directory?: string; readonly file?: string } {
  const behind = (names: readonly string[]) => words[words.findIndex((word) => names.includes(word)) + 1];
  const [directory, file] = [
    words.includes('-C') || words.includes('--directory') ? behind(['-C', '--directory']) : undefined,
    words.includes('--file') ? behind(['--file']) : undefined,
  ];
  return { ...(directory === undefined ? {} : { directory }), ...(file === undefined ? {} : { file }) };
}

/** The names of profiles, or of variables with all their parts, each with a `=` behind it. */
async function readNames(found: FoundProject, wanted: 'profiles' | 'variables'): Promise<readonly Candidate[]> {
  const { parseDocument } = await import('yaml');
  const text = readFileSync(join(found.root, found.pipeline), 'utf8');
  const pipeline: Record<string, unknown> = parseDocument(text, { logLevel: 'silent' }).toJS() ?? {};
  if (wanted === 'profiles') return Object.keys(pipeline.profiles ?? {}).map((name) => ({ text: name }));
  const names = (held: unknown, path: string): Candidate[] =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.entries(held).flatMap(([name, inner]) => [
          { text: `${path}${name}=`, about: JSON.stringify(inner) },
          ...names(inner, `${path}${name}.`),
        ])
      : [];
  return names(pipeline.vars, '');
}

async function ask(project: Project, wanted: 'tasks' | 'artifacts' | 'runs' | 'tries' | 'figures'): Promise<string[]> {
  if (wanted === 'runs') return (await project.runs(50)).map(({ run }) => run);
  if (wanted === 'tries') return (await project.tries([])).tries.map(({ name }) => name);
  const { tasks } = await project.structure();
  if (wanted === 'figures') {
    const figures = tasks.flatMap(({ outs }) => outs.flatMap(({ metrics }) => metrics));
    return ['time', 'age', ...new Set(figures)];
  }
  const subjects = new Map(
    tasks.flatMap(
      (task) =>
        [
          [task.stage as string, task],
          [task.task as string, task],
        ] as const,
    ),
  );
  if (wanted === 'tasks') return [...subjects.keys()];
  return [...subjects].flatMap(([name, { outs }]) =>
    outs.map((out) => (outs.length === 1 && out.name === 'out' ? name : `${name}.${out.name}`)),
  );
}

import { resolve } from 'node:path';
import { type Diagnostic, DiagnosticError } from '../model/diagnostic.ts';
import type { Project } from '../model/project.ts';
import type { Output } from './console.ts';
import { findProject, nameFrom, nameFromRoot } from './find-project.ts';
import type { ExitCode, Invocation, OptionValues } from './invocation.ts';
import { writeJson } from './json.ts';
import type { DiagnosticStyle } from './render/diagnostics.ts';
import { readSettings } from './settings.ts';

/** An open project and how a command speaks of it. */
export interface ProjectView {
  readonly project: Project;
  readonly root: string;
  /** A path of the project, written from where the command was given. */
  readonly nameFile: (path: string) => string;
  /** The other way round: an artifact or a source as it was given. */
  readonly nameFromRoot: (text: string) => string;
  /** For diagnostics that a command shows by itself. */
  readonly styleFor: (output: Output) => DiagnosticStyle;
}

/** Opens the project, shows its diagnostics, runs the command and closes; errors in the pipeline end it with exit code 2. */
export function withProject(invocation: Invocation, command: Command): Promise<ExitCode> {
  return withSound(invocation, command, ({ severity }) => severity === 'error');
}

/** For what is asked of the store alone: errors in the pipeline's text are shown, those of the command line end it. */
export function withStore(invocation: Invocation, command: Command): Promise<ExitCode> {
  return withSound(invocation, command, ({ severity, at }) => severity === 'error' && at === undefined);
}

type Command = (view: ProjectView) => Promise<ExitCode>;

async function withSound(
  invocation: Invocation,
  command: Command,
  isInTheWay: (diagnostic: Diagnostic) => boolean,
): Promise<ExitCode> {
  const { console, options } = invocation;
  const found = findProject({ cwd: console.cwd, ...options });
  if ('severity' in found) return refuse(invocation, [found]);
  const { settings, diagnostics } = await readSettings(options);
  if (diagnostics.length > 0) return refuse(invocation, diagnostics);

  const nameFile = (path: string) => nameFrom(console.cwd, found.root, path);
  let sources: ReadonlyMap<string, string> = new Map();
  const styleFor = ({ paint, size }: Output) => ({ paint, columns: size().columns, sources, nameFile });
  let project: Project | undefined;
  try {
    project = await invocation.openProject({ ...found, settings });
    sources = project.sources;
    if (project.diagnostics.some(isInTheWay)) {
      return await refuse(invocation, project.diagnostics, styleFor(console.err));
    }
    if (project.diagnostics.length > 0 && !options.json) {
      console.err.write(await render(project.diagnostics, styleFor(console.err)));
    }
    const start = resolve(console.cwd, options.directory ?? '.');
    const fromRoot = (text: string) => nameFromRoot(start, found.root, text);
    return await command({ project, root: found.root, nameFile, nameFromRoot: fromRoot, styleFor });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return await refuse(invocation, error.diagnostics, styleFor(console.err));
  } finally {
    await project?.close();
  }
}

/** Shows what is wrong with the pipeline or the command line; as JSON where JSON was asked for. */
export async function refuse(
  { console, options }: Pick<Invocation, 'console'> & { readonly options: Pick<OptionValues, 'json'> },
  diagnostics: readonly Diagnostic[],
  style?: DiagnosticStyle,
): Promise<ExitCode> {
  const { paint, size } = console.err;
  const placeless = { paint, columns: size().columns, sources: new Map(), nameFile: (path: string) => path };
  if (options.json) writeJson(console.out, 'diagnostics', { kind: 'diagnostics', diagnostics });
  else console.err.write(await render(diagnostics, style ?? placeless));
  return 2;
}

/** Loaded only where there is something to show. */
async function render(diagnostics: readonly Diagnostic[], style: DiagnosticStyle): Promise<string> {
  const { renderDiagnostics } = await import('./render/diagnostics.ts');
  return renderDiagnostics(diagnostics, style);
}

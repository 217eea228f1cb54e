import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openProject } from '../../engine/engine.ts';
import { DiagnosticError } from '../../engine/model/diagnostic.ts';
import type { RunEvent } from '../../engine/model/event.ts';
import type { PlanAnswer } from '../../engine/model/planning.ts';
import type { Project, RunRequest } from '../../engine/model/project.ts';
import type { PipelineSettings } from '../../engine/model/spec.ts';

// As the command's bundle sets it, so that what is kept from run to run is tested with the rest.
process.env.FLOW_BUILD = 'traces';

/** A project in a folder of its own, and what a run of it does, a line an event. */
export interface TraceProject {
  readonly root: string;
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  /** Every file below a folder, relative to it, in order; none where the folder is not there. */
  readonly files: (folder: string) => string[];
  /** `ran copy`, `reused copy`, `restored copy`, `failed copy: exit 3`, `blocked join by copy`, `notice …`. */
  readonly run: (
    targets?: string,
    request?: Partial<RunRequest> & { settings?: Partial<PipelineSettings> },
  ) => Promise<string[]>;
  /** Opens the project as another process would. */
  readonly open: (settings?: Partial<PipelineSettings>) => Promise<Project>;
  readonly plan: (targets?: string) => Promise<string[]>;
  /** What is wrong before anything runs: `unknown-stage 3:5 there is no …`, the code, the place and the sentence. */
  readonly diagnose: (targets?: string) => Promise<string[]>;
  readonly events: () => readonly RunEvent[];
  readonly remove: () => void;
}

/** A project that is removed when the test is over. */
export async function inProject(
  files: Readonly<Record<string, string>>,
  body: (project: TraceProject) => Promise<void>,
): Promise<void> {
  const project = createTraceProject(files);
  try {
    await body(project);
  } finally {
    project.remove();
  }
}

/** Opens the project as another process would, asks, and closes it. */
export async function ask<T>(project: TraceProject, question: (opened: Project) => Promise<T>): Promise<T> {
  const opened = await project.open();
  try {
    return await question(opened);
  } finally {
    await opened.close();
  }
}

export function createTraceProject(files: Readonly<Record<string, string>>): TraceProject {
  const root = mkdtempSync(join(tmpdir(), 'flow-trace-'));
  let events: RunEvent[] = [];
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const open = (settings: Partial<PipelineSettings> = {}) => openProject({ root, settings: { set: [], ...settings } });
  const targetsOf = (text: string) => text.split(' ').filter((target) => target !== '');
  return {
    root,
    write,
    open,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    files: (folder) => {
      if (!existsSync(join(root, folder))) return [];
      const entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort();
      return entries.filter((path) => !statSync(join(root, folder, path)).isDirectory());
    },
    events: () => events,
    run: async (targets = '', { settings, ...request } = {}) => {
      const project = await open(settings);
      events = [];
      try {
        const stream = project.run({
          targets: targetsOf(targets),
          force: [],
          failFast: false,
          signal: new AbortController().signal,
          ...request,
        });
        for await (const event of stream) events.push(event);
      } catch (error) {
        if (error instanceof DiagnosticError) return error.diagnostics.map((d) => `${d.code}: ${d.message}`);
        throw error;
      } finally {
        await project.close();
      }
      return events.flatMap(lineOf);
    },
    plan: async (targets = '') => {
      const project = await open();
      try {
        return (await project.plan({ targets: targetsOf(targets) })).tasks.map(plannedLine);
      } finally {
        await project.close();
      }
    },
    diagnose: async (targets = '') => {
      const project = await open();
      try {
        await project.plan({ targets: targetsOf(targets) });
        return [];
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error;
        return error.diagnostics.map(({ code, at, message }) => `${code} ${at?.line}:${at?.column} ${message}`);
      } finally {
        await project.close();
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function plannedLine({ task, decision }: PlanAnswer['tasks'][number]): string {
  return decision.kind === 'wait' ? `wait ${task} for ${decision.on.join(' ')}` : `${decision.kind} ${task}`;
}

function lineOf(event: RunEvent): string[] {
  switch (event.kind) {
    case 'finished': {
      const { items, task } = event;
      return [
        items ? `ran ${task}: ${items.made} made, ${items.reused} reused, ${items.skipped} skipped` : `ran ${task}`,
      ];
    }
    case 'reused':
      return [`${event.restored ? 'restored' : 'reused'} ${event.task}`];
    case 'failed': {
      const { failure, task } = event;
      const codes =
        failure.kind === 'diagnostics' && failure.diagnostics.map((diagnostic) => diagnostic.code).join(' ');
      const what = failure.kind === 'exit' ? `exit ${failure.code}` : codes || failure.kind;
      return [`${event.retrying ? 'retrying' : 'failed'} ${task}: ${what}`];
    }
    case 'blocked':
      return [`blocked ${event.task} by ${event.by.join(' ')}`];
    case 'notice':
      return [`notice ${event.text}`];
    default:
      return [];
  }
}

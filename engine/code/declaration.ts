/** Reads what a bundle's default export declares. */
import type { Diagnostic, DiagnosticCode } from '../model/diagnostic.ts';
import type { StageCode, StageDeclaration } from '../model/stage-code.ts';
import type { StageExport } from './export.ts';
import { importStage } from './import-stage.ts';
import { fileParameters } from './schema.ts';

export type StageFacts = Pick<
  StageCode,
  'kind' | 'inputs' | 'outputs' | 'takes' | 'fileParameters' | 'hasFacts' | 'hasPrepare' | 'hasReport' | 'hasForesight'
>;

export type Declared =
  | { readonly ok: true; readonly declaration: StageFacts }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export async function declare(bundle: string, module: string): Promise<Declared> {
  let exported: unknown;
  try {
    exported = await importStage(bundle);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refuse(module, 'module-throws', `The module fails when it is loaded: ${message}`, {
      hint: 'Import heavy or machine-dependent libraries inside run, load, facts or prepare.',
    });
  }
  const stage = exported as StageExport | undefined;
  const fault = findFault(stage);
  if (stage === undefined || fault !== undefined) {
    return refuse(module, 'not-a-stage', fault ?? '', {
      hint: 'export default stage({ params, inputs, outputs, run })',
    });
  }
  const files = fileParameters(stage.params);
  const hidden = files.find((path) => path.includes('*'));
  if (hidden !== undefined) {
    return refuse(module, 'not-a-stage', `The parameter '${hidden}' names files inside a list or a record.`, {
      hint: 'Declare the files as an input of kind list, or as single parameters, so that their contents count.',
    });
  }
  return {
    ok: true,
    declaration: {
      kind: stage.kind,
      inputs: plainDeclarations(stage.inputs),
      outputs: plainDeclarations(stage.outputs),
      ...(stage.takes === undefined ? {} : { takes: [...stage.takes] }),
      fileParameters: files,
      hasFacts: stage.facts !== undefined,
      hasPrepare: stage.prepare !== undefined,
      hasReport: stage.report !== undefined,
      hasForesight: stage.foresee !== undefined,
    },
  };
}

function plainDeclarations(declared: StageExport['inputs']): Record<string, StageDeclaration> {
  const entries = Object.entries(declared).map(
    ([name, { kind, optional, skips }]) => [name, { kind, optional, ...(skips ? { skips } : {}) }] as const,
  );
  return Object.fromEntries(entries);
}

/** A sentence on the first thing that keeps an export from being a stage. */
function findFault(stage: StageExport | undefined): string | undefined {
  if (typeof stage !== 'object' || stage === null || (stage.kind !== 'stage' && stage.kind !== 'items')) {
    return 'The module has no default export made by stage() or itemStage().';
  }
  if (typeof stage.params?._zod !== 'object') return 'Its `params` is no schema of zod 4.';
  if (typeof stage.run !== 'function') return 'Its `run` is no function.';
  for (const field of ['inputs', 'outputs'] as const) {
    if (typeof stage[field] !== 'object' || stage[field] === null) return `It declares no \`${field}\`.`;
    const wrong = Object.entries(stage[field]).find(([, one]) => typeof one?.kind !== 'string');
    if (wrong) return `\`${field}.${wrong[0]}\` is none of file, folder, items and list.`;
  }
  return undefined;
}

function refuse(file: string, code: DiagnosticCode, message: string, more: { readonly hint: string }): Declared {
  return { ok: false, diagnostics: [{ code, severity: 'error', message, file, at: start, ...more }] };
}

const start = { line: 1, column: 1, length: 1 };

/** What a stage's libraries bring into its key, asked again only when the files change that they rest on. */

import { type DiagnosticCode, DiagnosticError } from '../model/diagnostic.ts';
import type { JsonObject } from '../model/names.ts';
import type { PreparationListener, StageCode } from '../model/stage-code.ts';
import type { StageExport } from './export.ts';
import { importStage } from './import-stage.ts';
import type { CodeOptions } from './options.ts';
import { readStamp, type Stamp } from './stamps.ts';

export interface KnownFacts {
  readonly facts: JsonObject;
  readonly files: readonly (readonly [path: string, stamp: Stamp])[];
}

/** Where libraries are looked for, and which of them is wanted. */
const asked = ['FLOW_TENSORFLOW', 'FLOW_CACHE_DIR', 'XDG_CACHE_HOME', 'PATH'];

/** What facts depend on besides the files that they name. */
export function factsName(code: StageCode, threads: number, options: CodeOptions): string {
  const variables = asked.map((name) => options.environment(name) ?? '');
  return [code.digest, threads, process.version, process.arch, process.platform, ...variables].join(' ');
}

export function factsHold(known: KnownFacts): boolean {
  return known.files.every(([path, stamp]) => readStamp(path) === stamp);
}

export async function askFacts(code: StageCode, threads: number): Promise<KnownFacts> {
  const stage = (await importStage(code.bundle)) as StageExport;
  if (stage.facts === undefined) return { facts: {}, files: [] };
  try {
    const { facts, files } = await stage.facts({ threads });
    // Through JSON, so that this answer equals the one that is read from the cache next time.
    return { facts: JSON.parse(JSON.stringify(facts)), files: files.map((path) => [path, readStamp(path)]) };
  } catch (error) {
    throw libraryError('library-facts', `The libraries of ${code.module} cannot be told`, { error, code });
  }
}

export async function prepareLibraries(
  code: StageCode,
  listener: PreparationListener,
  signal: AbortSignal,
): Promise<void> {
  const stage = (await importStage(code.bundle)) as StageExport;
  try {
    await stage.prepare?.({ ...listener, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw libraryError('library-missing', `The libraries of ${code.module} cannot be made ready`, { error, code });
  }
}

/** What the stage says to `flow doctor`; a report that fails is itself a line of it. */
export async function reportLibraries(code: StageCode): Promise<readonly string[]> {
  if (!code.hasReport) return [];
  try {
    const stage = (await importStage(code.bundle)) as StageExport;
    return (await stage.report?.()) ?? [];
  } catch (error) {
    return [`The report of ${code.module} failed: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function libraryError(
  code: DiagnosticCode,
  what: string,
  { error, code: stage }: { error: unknown; code: StageCode },
): Error {
  const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  const at = { line: 1, column: 1, length: 1 };
  return new DiagnosticError([
    { code, severity: 'error', message, file: stage.module, at, hint: 'flow doctor tells more' },
  ]);
}

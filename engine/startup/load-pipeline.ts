import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../hash/digest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Json } from '../model/names.ts';
import type { ProjectOptions } from '../model/project.ts';
import type { PipelineSpec } from '../model/spec.ts';
import { readKept, writeKept } from './kept.ts';

export interface PipelineText {
  readonly file: string;
  readonly text: string;
  /** Names everything that the text's meaning depends on; undefined where flow itself may change unnoticed. */
  readonly name?: string;
  /** Why it cannot be read. */
  readonly fault?: Diagnostic;
}

export function readPipelineText({ root, pipeline, settings }: ProjectOptions): PipelineText {
  const file = pipeline ?? 'pipeline.yaml';
  try {
    const text = readFileSync(join(root, file), 'utf8');
    // Set by the command's bundle; sources that are run as they are may change while their version stays.
    const build = process.env.FLOW_BUILD;
    return { file, text, ...(build ? { name: digestOf([build, file, text, settings as unknown as Json]) } : {}) };
  } catch (error) {
    const message = `${file} cannot be read: ${(error as Error).message}`;
    return { file, text: '', fault: { code: 'no-pipeline', severity: 'error', message } };
  }
}

export interface ReadPipeline {
  readonly spec?: PipelineSpec;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What pipeline.yaml means under the settings. It is kept by the digest of all that it was read from, since parsing YAML
 * of a thousand stages costs more than everything else of a run that has a few of them to do.
 */
export async function loadPipeline(source: PipelineText, { root, settings }: ProjectOptions): Promise<ReadPipeline> {
  const { file, text, name, fault } = source;
  if (fault) return { diagnostics: [fault] };
  const folder = join(root, '.flow', 'cache', 'pipelines');
  const kept = name === undefined ? undefined : readKept<ReadPipeline>(folder, name);
  if (kept) return kept;
  const { parsePipeline } = await import('../spec/pipeline.ts');
  const parsed = parsePipeline({ file, text, settings });
  if (name !== undefined) writeKept(folder, name, parsed);
  return parsed;
}

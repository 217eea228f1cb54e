import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from './hash/digest.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Json } from './model/names.ts';
import type { ProjectOptions } from './model/project.ts';
import type { PipelineSpec } from './model/spec.ts';

export interface LoadedPipeline {
  readonly file: string;
  readonly text: string;
  readonly spec?: PipelineSpec;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads pipeline.yaml and what it means under the settings. What a text means is kept by the digest of all that it was
 * read from, since parsing YAML of a thousand stages costs more than everything else of a run with nothing to do.
 */
export async function loadPipeline({ root, pipeline, settings }: ProjectOptions): Promise<LoadedPipeline> {
  const file = pipeline ?? 'pipeline.yaml';
  let text: string;
  try {
    text = readFileSync(join(root, file), 'utf8');
  } catch (error) {
    const message = `${file} cannot be read: ${(error as Error).message}`;
    return { file, text: '', diagnostics: [{ code: 'no-pipeline', severity: 'error', message }] };
  }
  // Set by the command's bundle; sources that are run as they are may change while their version stays.
  const build = process.env.FLOW_BUILD;
  const name = build && `${digestOf([build, file, text, settings as unknown as Json])}.json`;
  const folder = join(root, '.flow', 'cache', 'pipelines');
  if (name) {
    try {
      return { file, text, ...JSON.parse(readFileSync(join(folder, name), 'utf8')) };
    } catch {
      // Not there, or cut by a kill: read the text itself.
    }
  }
  const { parsePipeline } = await import('./spec/pipeline.ts');
  const parsed = parsePipeline({ file, text, settings });
  if (name) keep(folder, name, JSON.stringify(parsed));
  return { file, text, ...parsed };
}

function keep(folder: string, name: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  } catch {
    // A folder that cannot be written is no reason to refuse a plan.
  }
}

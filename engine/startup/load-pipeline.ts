import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../hash/digest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Json } from '../model/names.ts';
import type { ProjectOptions } from '../model/project.ts';
import type { PipelineSpec } from '../model/spec.ts';
import { readKeptText, writeKeptText } from './kept.ts';

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
    const bytes = readFileSync(join(root, file));
    if (!isUtf8(bytes)) return { file, text: '', fault: notUtf8(file, bytes) };
    const text = bytes.toString('utf8');
    // Set by the command's bundle; sources that are run as they are may change while their version stays.
    const build = process.env.FLOW_BUILD;
    return { file, text, ...(build ? { name: digestOf([build, file, text, settings as unknown as Json]) } : {}) };
  } catch (error) {
    const message = `${file} cannot be read: ${(error as Error).message}`;
    return { file, text: '', fault: { code: 'no-pipeline', severity: 'error', message } };
  }
}

/** Its characters would be others, in paths and parameters too, without a word. */
function notUtf8(file: string, bytes: Buffer): Diagnostic {
  const lines = bytes.toString('latin1').split('\n');
  const line = lines.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1'))) + 1;
  const message = 'the line holds a character that is not UTF-8; save the file as UTF-8';
  return { code: 'no-pipeline', severity: 'error', message, file, at: { line, column: 1, length: 1 } };
}

export interface ReadPipeline {
  readonly spec?: PipelineSpec;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What pipeline.yaml means under the settings. It is kept by the digest of all that it was read from, since parsing YAML
 * of a thousand stages costs more than everything else of a run that has a few of them to do. With `only`, a pipeline of
 * these stages alone, by their places in the file.
 */
export async function loadPipeline(
  source: PipelineText,
  { root, settings }: ProjectOptions,
  only?: readonly number[],
): Promise<ReadPipeline> {
  const { file, text, name, fault } = source;
  if (fault) return { diagnostics: [fault] };
  const folder = join(root, '.flow', 'cache', 'pipelines');
  const kept = name === undefined ? undefined : readKeptText(folder, name);
  if (kept !== undefined) return unpack(kept, only);
  const { parsePipeline } = await import('../spec/pipeline.ts');
  const parsed = parsePipeline({ file, text, settings });
  if (name !== undefined) writeKeptText(folder, name, pack(parsed));
  return only ? unpack(pack(parsed), only) : parsed;
}

/** A line a stage behind the rest, so that of a thousand stages those alone are read that matter. */
function pack({ spec, diagnostics }: ReadPipeline): string {
  const { stages = [], ...rest } = spec ?? {};
  const head = { diagnostics, ...(spec && { spec: rest }) };
  return [head, ...stages].map((part) => JSON.stringify(part)).join('\n');
}

function unpack(text: string, only?: readonly number[]): ReadPipeline {
  const [head = '', ...lines] = text.split('\n');
  const { spec, diagnostics } = JSON.parse(head);
  const wanted = only ? only.map((place) => lines[place]) : lines;
  const stages = JSON.parse(`[${wanted.join(',')}]`);
  // What is wanted of a part is named by whoever wants it.
  return { diagnostics, ...(spec && { spec: { ...spec, stages, ...(only && { default: [] }) } }) };
}

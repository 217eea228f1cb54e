import type { Diagnostic } from '../model/diagnostic.ts';
import type { PipelineSettings, PipelineSpec } from '../model/spec.ts';
import { readDocument } from './document.ts';
import { checkKeys, readBoolean, readTexts, wrongType } from './read.ts';
import type { Report } from './report.ts';
import { readDuration } from './resources.ts';
import { readStage } from './stage.ts';
import { settleVariables } from './variables.ts';
import { describe, type YamlEntry, type YamlMap } from './yaml-value.ts';

export interface PipelineText {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
  readonly settings: PipelineSettings;
}

export interface ParsedPipeline {
  /**
   * What could be read. Also there beside errors, so that the graph can say its errors in the same breath;
   * nothing may be run then. Absent where the text is no YAML or no pipeline.
   */
  readonly spec?: PipelineSpec;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads pipeline.yaml with its profile and settings; every fault at once, in the order of the file. */
export function parsePipeline({ file, text, settings }: PipelineText): ParsedPipeline {
  const { report, root } = readDocument(file, text);
  const spec = root && readPipeline(file, settings, { root, report });
  return { ...(spec && { spec }), diagnostics: report.diagnostics() };
}

interface Read {
  readonly root: NonNullable<ReturnType<typeof readDocument>['root']>;
  readonly report: Report;
}

function readPipeline(file: string, settings: PipelineSettings, { root, report }: Read): PipelineSpec | undefined {
  if (root.kind !== 'map') {
    const message = `a pipeline is a map with the key stages:, not ${describe(root)}`;
    report.error({
      code: 'wrong-type',
      at: root.at,
      message,
      hint: 'begin it with stages:',
    });
    return undefined;
  }
  const keys = ['default', 'confirm', 'strict', 'vars', 'profiles', 'stages'] as const;
  const entries = checkKeys(root, { keys, of: 'a pipeline', report });
  const vars = mapUnder(entries.vars, report);
  const profiles = mapUnder(entries.profiles, report);
  const stages = mapUnder(entries.stages, report);
  const names = new Set(stages.entries.map(({ key }) => key));
  const scope = { report, stages: names, ...settleVariables({ vars, profiles, settings, report }) };
  if (!entries.stages || (stages.entries.length === 0 && entries.stages.value.kind === 'map')) {
    const message = 'the pipeline has no stages';
    report.error({ code: 'no-stages', at: entries.stages?.keyAt ?? root.at, message, hint: 'list them under stages:' });
  }
  const confirm = entries.confirm && readDuration(entries.confirm, scope);
  const usual = { strict: (entries.strict && readBoolean(entries.strict.value, scope)) ?? false };
  return {
    file,
    ...(confirm === undefined ? {} : { confirm }),
    default: entries.default ? readTexts(entries.default.value, 'a stage or a list of stages', scope) : [],
    stages: stages.entries.flatMap((stage) => readStage(stage, scope, usual) ?? []),
  };
}

function mapUnder(entry: YamlEntry | undefined, report: Report): YamlMap {
  if (entry?.value.kind === 'map') return entry.value;
  if (entry) wrongType(entry.value, `a map under ${entry.key}:`, report);
  return { kind: 'map', entries: [], at: entry?.keyAt ?? null };
}

/** A stage's `with` against its schema. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../model/names.ts';
import type { CheckedParameters } from '../model/stage-code.ts';
import type { StageExport } from './export.ts';
import { importStage } from './import-stage.ts';
import { unknownKeys } from './schema.ts';
import { describeIssue, describeUnknown } from './sentences.ts';

export async function checkParameters(bundle: string, params: JsonObject): Promise<CheckedParameters> {
  const { params: schema } = (await importStage(bundle)) as StageExport;
  // What a schema says itself, `min(2, 'Name at least two folds')`, goes before these sentences.
  const parsed = await schema.safeParseAsync(params, { reportInput: true, error: describeIssue });
  const issues = unknownKeys(schema, params).map(({ path, key, known }) => ({
    path: [...path, key].join('.'),
    message: describeUnknown(key, known),
  }));
  for (const issue of parsed.error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) issues.push({ path: [...issue.path, key].join('.'), message: 'is not known here' });
    } else {
      issues.push({ path: issue.path.join('.'), message: issue.message });
    }
  }
  if (!parsed.success || issues.length > 0) return { ok: false, issues };
  // Workers and keys get JSON; a Date or a NaN that a transform made would reach them as something else.
  const plain: unknown = JSON.parse(JSON.stringify(parsed.data ?? null));
  if (!isDeepStrictEqual(plain, withoutUndefined(parsed.data))) {
    return { ok: false, issues: [{ path: '', message: 'the schema turns it into something that JSON cannot hold' }] };
  }
  return { ok: true, params: plain as JsonObject };
}

/** An absent optional parameter may be there as undefined, which JSON drops. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutUndefined(inner)]));
}

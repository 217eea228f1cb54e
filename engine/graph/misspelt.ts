import { isGlob } from '../model/reference.ts';
import { editDistance, nearest } from '../model/similar.ts';
import type { Fault } from './fault.ts';
import type { StageTable } from './stages.ts';

// What files mostly end in says nothing of a stage, though an output may be called so; `out` names every unnamed one.
const endings = new Set(
  'out csv tsv json jsonl txt log md yaml yml html svg pdf jpg jpeg png tif npy safetensors pth zip tar gz'.split(' '),
);

/**
 * Whether a path was rather meant as a stage. No disk is asked, so the text alone decides: a slash or a glob's
 * character makes it a path; `resizd.photo` ends in an output's name; `reszie` is one slip away from a stage.
 * `labels.csv` is a file even where a stage is called `label`, and `data` is one beside a stage `data2`.
 */
export function findMisspelt(path: string, stages: StageTable, outNames: ReadonlySet<string>): Fault | undefined {
  if (path.includes('/') || isGlob(path)) return undefined;
  const [, name = '', out] = /^([A-Za-z_][\w-]*)(?:@[^.]*)?(?:\.([\w-]+))?$/.exec(path) ?? [];
  if (name === '') return undefined;
  // Most files end here: comparing each with ten thousand stages would take longer than running them.
  if (out !== undefined && nearest(out, outNames) === undefined) return undefined;
  const near = nearest(name, stages.keys());
  const outs = near === undefined ? [] : (stages.get(near)?.stage.out ?? []).map((one) => one.name);
  const meant =
    out === undefined
      ? near !== undefined && isTypingError(name, near)
      : (near !== undefined && nearest(out, outs) !== undefined) || (!endings.has(out) && outNames.has(out));
  if (!meant) return undefined;
  const file = `file of this name is written ./${path}`;
  const rest = out !== undefined && outs.includes(out) ? path.slice(name.length) : '';
  const hint = near === undefined ? `a ${file}` : `did you mean '${near}${rest}'? A ${file}`;
  return { code: 'unknown-stage', message: `there is no stage '${name}'`, hint };
}

function isTypingError(name: string, stage: string): boolean {
  const withoutDigits = (text: string) => text.replace(/\d+/g, '');
  if (withoutDigits(name) === withoutDigits(stage)) return false;
  return editDistance(name, stage) <= (name.length < 5 ? 1 : 2);
}

/** Asks a module what would make its run fail later. */
import type { Code, ForeseenFault, StageCode } from '../model/stage-code.ts';
import type { StageExport } from './export.ts';
import { importStage } from './import-stage.ts';

export async function askForesight(
  code: StageCode,
  { items, ...question }: Parameters<Code['foresee']>[1],
): Promise<readonly ForeseenFault[]> {
  const stage = (await importStage(code.bundle)) as StageExport;
  const ids = Object.entries(items).map(([name, known]) => [name, known.ids()] as const);
  return stage.foresee?.({ ...question, items: Object.fromEntries(ids) }) ?? [];
}

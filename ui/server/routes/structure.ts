import { basename } from 'node:path';
import type { StructureAnswer } from '../../../engine/model/inspection.ts';
import type { Desk } from '../desk.ts';
import { json, type Route } from '../request.ts';

/** The pipeline's tasks as a graph, with the project's name. */
export type Structure = StructureAnswer & { readonly project: string };

export const structure: Route = {
  method: 'GET',
  pattern: '/api/structure',
  answer: async (_, desk) => json(await describeStructure(desk)),
};

export async function describeStructure(desk: Desk): Promise<Structure> {
  return { project: basename(desk.root), ...(await (await desk.project()).structure()) };
}

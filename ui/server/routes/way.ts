import { DiagnosticError } from '../../../engine/model/diagnostic.ts';
import type { Project } from '../../../engine/model/project.ts';
import type { RowAnswer, RowNode } from '../../../engine/model/provenance.ts';
import { json, Refusal, type Route } from '../request.ts';

/** One artifact that holds something of a row, once, whatever reads it. */
export interface WayStep extends Omit<RowNode, 'inputs'> {
  /** Names of inputs with what stood behind them; `isWhole`: it holds nothing of the row. */
  readonly inputs: readonly { readonly name: string; readonly from: string; readonly isWhole: boolean }[];
}

export interface WayAnswer {
  readonly id: string;
  /** Sources first, then in the pipeline's order. */
  readonly steps: readonly WayStep[];
  readonly mentions: RowAnswer['mentions'];
}

/** The whole way of one photo: whatever holds its id, from its source file to its score. */
export const way: Route = {
  method: 'GET',
  pattern: '/api/way/*id',
  answer: async ({ params: { id = '' } }, desk) => {
    const project = await desk.project();
    const { tasks } = await project.structure();
    const steps = new Map<string, WayStep>();
    const mentions = new Map<string, RowAnswer['mentions'][number]>();
    // From the end backwards: what an answer goes through needs no asking of its own.
    for (const stage of [...new Set(tasks.map((task) => task.stage))].reverse()) {
      const outs = tasks.filter((task) => task.stage === stage).flatMap((task) => task.outs);
      const isReached = [...steps.values()].some(({ made }) => made && stageOf(made.task) === stage);
      if (isReached || !outs.some(({ kind, rows }) => kind !== 'file' || rows !== undefined)) continue;
      const answer = await trace(project, stage, id);
      for (const node of answer?.nodes ?? []) gather(node, steps);
      for (const mention of answer?.mentions ?? []) mentions.set(`${mention.task}.${mention.out}`, mention);
    }
    if (steps.size === 0) throw new Refusal(404, `Nothing in artifacts/ holds '${id}'.`);
    const order = new Map(tasks.map(({ task }, place) => [task, place]));
    const placeOf = ({ made }: WayStep) => (made ? (order.get(made.task) ?? tasks.length) : -1);
    const sorted = [...steps.values()].sort((one, other) => placeOf(one) - placeOf(other));
    const told = new Set(sorted.map(({ made }) => `${made?.key} ${made?.out}`));
    const withoutTold = ({ beside = [], ...step }: WayStep): WayStep => ({
      ...step,
      beside: beside.filter(({ out }) => !told.has(`${step.made?.key} ${out}`)),
    });
    return json({ id, steps: sorted.map(withoutTold), mentions: [...mentions.values()] } satisfies WayAnswer);
  },
};

async function trace(project: Project, stage: string, id: string): Promise<RowAnswer | undefined> {
  try {
    return await project.lineageOfRow(stage, id);
  } catch (error) {
    // It was never made, or holds nothing of the row.
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

function gather(start: RowNode, steps: Map<string, WayStep>): void {
  const stack = [start];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const name = `${node.made?.key ?? ''} ${node.artifact}`;
    if (node.whole !== undefined || steps.has(name)) continue;
    const { inputs, ...step } = node;
    const named = inputs.map(({ name: input, node: { made, artifact, whole } }) => {
      const from = made ? `${made.task}.${made.out}` : artifact;
      return { name: input, from, isWhole: whole !== undefined };
    });
    steps.set(name, { ...step, inputs: named });
    stack.push(...inputs.map((input) => input.node));
  }
}

function stageOf(task: string): string {
  return task.split('@')[0] ?? task;
}

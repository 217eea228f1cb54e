/** A task's inputs with their sources. */
import type { Position } from '../model/diagnostic.ts';
import type { Matrix, TaskName } from '../model/names.ts';
import type { InputSpec, ReferenceText, StageSpec, Text } from '../model/spec.ts';
import type { Source, TaskEach, TaskInput } from '../model/task.ts';
import { fillText, parseTemplate } from '../model/template.ts';
import type { Fault } from './fault.ts';
import type { Resolution, Resolved } from './references.ts';

export interface Wiring {
  readonly inputs: readonly TaskInput[];
  readonly each?: TaskEach;
  /** Where each array of needed tasks was asked for. */
  readonly needs: readonly Edge[];
  readonly mayNeed: readonly Edge[];
}

export interface Edge {
  readonly tasks: readonly TaskName[];
  readonly at: Position;
}

export interface WiringContext {
  readonly resolve: (text: string) => Resolution;
  readonly say: (severity: 'error' | 'warning', at: Position, fault: Fault) => void;
}

/** Whether every task of the stage has the same inputs. */
export function isWiredAlike(stage: StageSpec): boolean {
  const texts = stage.in.flatMap((input) => {
    if (input.kind === 'list') return input.from;
    return input.kind === 'one' ? [input.from] : [input.from, input.only];
  });
  return ![...texts, ...(stage.each?.from ?? [])].some((text) => text?.text.includes('$'));
}

export function wireTask(stage: StageSpec, matrix: Matrix, { resolve, say }: WiringContext): Wiring {
  const needs: Edge[] = [];
  const mayNeed: Edge[] = [];

  const follow = (text: Text): Resolved | undefined => {
    const resolution = resolve(fillReference(text.text, matrix));
    if (!resolution.ok) {
      say('error', text.at, resolution.fault);
      return undefined;
    }
    return resolution.value;
  };

  const need = (text: ReferenceText): Resolved | undefined => {
    const resolved = text && follow(text);
    if (!text || !resolved) return undefined;
    if (resolved.tasks.length > 0) needs.push({ tasks: resolved.tasks, at: text.at });
    warnOfOptional(resolved, text);
    return resolved;
  };

  const warnOfOptional = ({ from, sources }: Resolved, text: Text): void => {
    if (!from?.out.optional || sources.every(({ optional }) => optional)) return;
    const message = `the output '${from.out.name}' of '${from.stage.stage.name}' may be absent`;
    say('warning', text.at, {
      code: 'optional-output',
      message,
      hint: `write ${text.text}? if this stage can do without it`,
    });
  };

  const wire = (input: InputSpec): TaskInput => {
    const { name } = input;
    if (input.kind === 'only') return wireChoice(input);
    if (input.kind === 'list')
      return { name, kind: 'list', sources: input.from.flatMap((text) => need(text)?.sources ?? []) };
    const resolved = need(input.from);
    if (resolved?.many) return { name, kind: 'list', sources: resolved.sources };
    return { name, kind: 'one', source: resolved?.sources[0] ?? null };
  };

  const wireChoice = ({ name, from, only }: Extract<InputSpec, { kind: 'only' }>): TaskInput => {
    const choice = need(only);
    const chosenFrom = follow(from);
    if (chosenFrom && !chosenFrom.many) {
      const message = `'${from.text}' stands for one task, so that there is nothing to choose from`;
      say('error', from.at, {
        code: 'only-without-matrix',
        message,
        hint: 'from: names a stage with a matrix, without @',
      });
    }
    if (choice?.many) {
      const message = `the choice has to be one file, and '${only.text}' is a list of them`;
      say('error', only.at, { code: 'bad-choice', message, hint: 'name one of its tasks with @' });
    }
    const source = choice?.sources[0];
    if (!source || !chosenFrom?.from) return { name, kind: 'one', source: null };
    mayNeed.push({ tasks: chosenFrom.tasks, at: from.at });
    const { stage: chosen, out } = chosenFrom.from;
    return {
      name,
      kind: 'only',
      stage: chosen.stage.name,
      out: out.name,
      candidates: chosenFrom.tasks,
      choice: source,
    };
  };

  const wireEach = (each: NonNullable<StageSpec['each']>): TaskEach => {
    const sources: Source[] = [];
    for (const text of each.from) {
      const resolved = need(text);
      if (!resolved) continue;
      sayFile(resolved, text);
      sources.push(...resolved.sources);
    }
    return { variable: each.variable, list: each.list || sources.length > 1, sources };
  };

  const sayFile = ({ from }: Resolved, text: Text): void => {
    if (!from || from.stage.stage.each || from.out.path.text.endsWith('/')) return;
    const message = `each goes over a folder, and the output '${from.out.name}' of '${from.stage.stage.name}' is one file`;
    say('error', text.at, { code: 'bad-each', message, hint: 'a folder output ends in a slash' });
  };

  const inputs = stage.in.map(wire);
  return { inputs, ...(stage.each && { each: wireEach(stage.each) }), needs, mayNeed };
}

/** `$fold?` hands its `?` on to what it stands for. */
function fillReference(text: string, matrix: Matrix): string {
  const filled = fillText(text, matrix);
  return parseTemplate(text).optional && !filled.endsWith('?') ? `${filled}?` : filled;
}

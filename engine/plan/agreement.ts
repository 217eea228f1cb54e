import type { Diagnostic, DiagnosticCode, Position } from '../model/diagnostic.ts';
import type { StageCode, StageDeclaration } from '../model/stage-code.ts';
import type { TaskInput, TaskNode } from '../model/task.ts';

/** Whether the pipeline wires a module as the module declares itself: inputs, outputs, and one run or one an item. */
export function checkAgreement(task: TaskNode, code: StageCode, file: string): Diagnostic[] {
  const stage = task.stage.name;
  const found: Diagnostic[] = [];
  const say = (codeName: DiagnosticCode, message: string, at: Position, hint?: string) =>
    found.push({ code: codeName, severity: 'error', message, file, at, ...(hint ? { hint } : {}) });

  if (code.kind === 'items' && !task.each) {
    say('needs-each', `${code.module} works item by item, but stage '${stage}' has no 'each'`, task.stage.actionAt);
  }
  if (code.kind === 'stage' && task.each) {
    say(
      'needs-no-each',
      `${code.module} does not work item by item, so '${stage}' cannot have 'each'`,
      task.stage.actionAt,
    );
  }
  const inputAt = (name: string) => task.stage.in.find((input) => input.name === name)?.at ?? task.stage.at;
  for (const input of task.inputs) {
    const declared = code.inputs[input.name];
    if (declared === undefined) {
      say(
        'unknown-input',
        `${code.module} has no input '${input.name}'`,
        inputAt(input.name),
        namesOf(code.inputs, 'inputs'),
      );
    } else if (!accepts(declared, input)) {
      const message = `input '${input.name}' of stage '${stage}' takes one ${declared.kind}, but is given a list`;
      say('list-given', message, inputAt(input.name), "name one task, such as 'folds@0.logits'");
    }
  }
  for (const [name, declared] of Object.entries(code.inputs)) {
    if (declared.optional || task.inputs.some((input) => input.name === name)) continue;
    say('input-not-given', `stage '${stage}' lacks input '${name}', which ${code.module} needs`, task.stage.at);
  }
  const outAt = (name: string) => task.stage.out.find((out) => out.name === name)?.path.at ?? task.stage.at;
  for (const out of task.outs) {
    const declared = code.outputs[out.name];
    if (declared === undefined) {
      say(
        'unknown-output',
        `${code.module} makes no output '${out.name}'`,
        outAt(out.name),
        namesOf(code.outputs, 'outputs'),
      );
    } else if (out.kind !== 'items' && declared.kind !== out.kind) {
      const hint = declared.kind === 'folder' ? "end its path with '/'" : "its path must not end with '/'";
      say('output-kind', `output '${out.name}' of stage '${stage}' is a ${declared.kind}`, outAt(out.name), hint);
    }
  }
  for (const [name, declared] of Object.entries(code.outputs)) {
    if (declared.optional || task.outs.some((out) => out.name === name)) continue;
    say('output-not-named', `stage '${stage}' gives no path to output '${name}' of ${code.module}`, task.stage.at);
  }
  return found;
}

function accepts(declared: StageDeclaration, input: TaskInput): boolean {
  return declared.kind === 'list' || input.kind === 'one';
}

function namesOf(declarations: Readonly<Record<string, StageDeclaration>>, what: string): string {
  const names = Object.keys(declarations);
  return names.length === 0 ? `it has no ${what}` : `its ${what}: ${names.join(', ')}`;
}

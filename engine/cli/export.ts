import type { ExitCode, Invocation } from './invocation.ts';
import { execute as run } from './run.ts';

/**
 * `flow export MODEL --to FORM` is `flow run export` with the pipeline's variables `export.model` and `export.to` set:
 * what a model is, and what it can be written as, is the pipeline's knowledge, and none of the engine's.
 */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { options, positionals } = invocation;
  // JSON is YAML: a name that begins with a special character stays a text.
  const model = `export.model=${JSON.stringify(positionals[0])}`;
  const form = options.to === undefined ? [] : [`export.to=${JSON.stringify(options.to)}`];
  const set = [...options.set, model, ...form];
  return run({ ...invocation, positionals: ['export'], options: { ...options, set } });
}

import type { CommandAnswers } from '../model/answers.ts';
import type { Output } from './console.ts';

/** On one line, and of the form that docs/schemas/ has for the command. */
export function writeJson<Name extends keyof CommandAnswers>(out: Output, _: Name, answer: CommandAnswers[Name]): void {
  out.write(`${JSON.stringify(answer)}\n`);
}

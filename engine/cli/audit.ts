import { setPriority } from 'node:os';
import { commandLineError, type ExitCode, type Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { refuse, withProject } from './with-project.ts';

/** As low as the system has it; children inherit it. */
const idle = 19;

/** `flow audit`: exit code 1 where something failed, or came out otherwise that should not. */
export async function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  const share = options.sample === undefined ? 1 : parseShare(options.sample);
  if (share === undefined) {
    const message = `--sample '${options.sample}' is no share`;
    return refuse(invocation, [commandLineError(message, 'more than 0 % and at most 100 %, such as 5%')]);
  }
  const { signal } = invocation.listenForInterrupts();
  setPriority(idle);
  return withProject(invocation, async ({ project }) => {
    const { err } = console;
    const answer = await project.audit({
      targets: positionals,
      share,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      signal,
      progress: (done, total, task) => {
        if (err.isTerminal && !options.json) err.write(`\r${done} of ${total}: ${task}\x1b[K`);
      },
    });
    if (err.isTerminal && !options.json) err.write('\r\x1b[K');
    if (options.json) {
      writeJson(console.out, 'audit', answer);
    } else {
      const { renderAudit } = await import('./render/audit.ts');
      console.out.write(renderAudit(answer, console.out.paint));
    }
    if (answer.interrupted) return 130;
    return answer.audited.some(({ outcome, expected }) => outcome === 'failed' || (outcome === 'differs' && !expected))
      ? 1
      : 0;
  });
}

/** `5%` or `0.05`. */
function parseShare(text: string): number | undefined {
  const [, number, percent] = /^\s*(\d+(?:\.\d+)?)\s*(%)?\s*$/.exec(text) ?? [];
  const share = Number(number) / (percent ? 100 : 1);
  return share > 0 && share <= 1 ? share : undefined;
}

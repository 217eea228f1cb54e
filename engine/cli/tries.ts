import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { refuse, withProject } from './with-project.ts';

/** `flow tries`: every variant that was computed, with its figures. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  return withProject(invocation, async ({ project }) => {
    const answer = await project.tries(positionals);
    const { renderTries, sortTries, tabulateTries } = await import('./render/tries.ts');
    const sorted = sortTries(answer, options.sort);
    if ('severity' in sorted) return refuse(invocation, [sorted]);
    const tries = sorted.slice(0, options.most ?? Number.POSITIVE_INFINITY);
    if (options.json) writeJson(console.out, 'tries', { ...answer, tries });
    else if (options.csv) console.out.write(tabulateTries(tries));
    else console.out.write(renderTries({ ...answer, tries }, console.out, console.now()));
    return 0;
  });
}

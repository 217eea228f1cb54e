import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { withStore } from './with-project.ts';

/** `flow runs`: the runs that did something. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options } = invocation;
  return withStore(invocation, async ({ project }) => {
    const answer = await project.runs(options.most ?? 20);
    if (options.json) {
      writeJson(console.out, 'runs', answer);
    } else {
      const { renderRuns } = await import('./render/runs.ts');
      console.out.write(renderRuns(answer, console.out, console.now()));
    }
    return 0;
  });
}

import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { withProject } from './with-project.ts';

/** `flow plan`: what a run would do; changes nothing. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  return withProject(invocation, async ({ project }) => {
    const answer = await project.plan({
      targets: positionals,
      force: options.force,
      keep: options.keep,
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    });
    if (options.json) {
      writeJson(console.out, 'plan', answer);
    } else {
      const { renderPlan } = await import('./render/plan.ts');
      console.out.write(renderPlan(answer, console.out, console.now()));
    }
    return 0;
  });
}

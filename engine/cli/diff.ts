import type { ExitCode, Invocation } from './invocation.ts';
import { withProject } from './with-project.ts';

/** `flow diff`: two runs or two artifacts side by side. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  return withProject(invocation, async ({ project }) => {
    const answer = await project.diff(positionals[0] ?? '', positionals[1] ?? '');
    if (options.json) {
      console.out.write(`${JSON.stringify(answer)}\n`);
    } else {
      const { renderDiff } = await import('./render/diff.ts');
      console.out.write(renderDiff(answer, console.out));
    }
    return 0;
  });
}

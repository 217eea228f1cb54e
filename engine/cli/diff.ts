import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { withProject } from './with-project.ts';

/** `flow diff`: two runs or two artifacts side by side. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  return withProject(invocation, async ({ project, nameFromRoot }) => {
    const answer = await project.diff(nameFromRoot(positionals[0] ?? ''), nameFromRoot(positionals[1] ?? ''));
    if (options.json) {
      writeJson(console.out, 'diff', answer);
    } else {
      const { renderDiff } = await import('./render/diff.ts');
      console.out.write(renderDiff(answer, console.out));
    }
    return 0;
  });
}

import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { withProject } from './with-project.ts';

/** `flow status`: what lies in artifacts/ and what made it. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options } = invocation;
  return withProject(invocation, async ({ project }) => {
    const answer = await project.status();
    if (options.json) {
      writeJson(console.out, 'status', answer);
    } else {
      const { renderStatus } = await import('./render/status.ts');
      console.out.write(renderStatus(answer, console.out, console.now()));
    }
    return 0;
  });
}

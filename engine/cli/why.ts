import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { withProject } from './with-project.ts';

/** `flow why`: the changes since a stage's tasks last ran. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  return withProject(invocation, async ({ project }) => {
    const answers = await project.why({
      reference: positionals[0] ?? '',
      ...(options.since === undefined ? {} : { since: options.since }),
    });
    if (options.json) {
      writeJson(console.out, 'why', answers);
    } else {
      const { renderWhy } = await import('./render/why.ts');
      console.out.write(renderWhy(answers, console.out, console.now()));
    }
    return 0;
  });
}

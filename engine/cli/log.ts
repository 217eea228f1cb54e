import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { withProject, withStore } from './with-project.ts';

/** `flow log`: what was made when, or what a stage printed. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  // What a stage printed is asked by the pipeline's names.
  const open = positionals.length === 0 ? withStore : withProject;
  return open(invocation, async ({ project }) => {
    const answer = await project.log(positionals[0], options.most ?? 20);
    if (options.json) {
      writeJson(console.out, 'log', answer);
    } else {
      const { renderLog } = await import('./render/log.ts');
      console.out.write(renderLog(answer, console.out, console.now()));
    }
    return 0;
  });
}

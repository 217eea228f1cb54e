import { commandLineError, type ExitCode, type Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { refuse, withProject } from './with-project.ts';

/** `flow accept`: binds the last results of tasks to code that a person calls equal. */
export async function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  const because = options.because?.trim() ?? '';
  if (because === '') {
    const example = `flow accept ${positionals.join(' ')} --because "only renamed variables"`;
    return refuse(invocation, [commandLineError("flow accept needs a reason: --because 'TEXT'", example)]);
  }
  return withProject(invocation, async ({ project }) => {
    const answer = await project.accept(positionals, because);
    if (options.json) {
      writeJson(console.out, 'accept', answer);
    } else {
      const { renderAccept } = await import('./render/accept.ts');
      console.out.write(renderAccept(answer, console.out, console.now()));
    }
    return 0;
  });
}

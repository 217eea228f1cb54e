import type { ExitCode, Invocation } from './invocation.ts';
import { withProject } from './with-project.ts';

/** `flow cat`: an artifact's bytes; as JSON their length and their text in base64. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  return withProject(invocation, async ({ project }) => {
    const bytes = await project.cat(positionals[0] ?? '');
    if (options.json) {
      const contents = Buffer.from(bytes).toString('base64');
      console.out.write(`${JSON.stringify({ artifact: positionals[0], bytes: bytes.length, base64: contents })}\n`);
    } else {
      console.out.write(bytes);
    }
    return 0;
  });
}

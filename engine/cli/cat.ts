import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { withProject } from './with-project.ts';

/** `flow cat`: an artifact's bytes; as JSON their length and their text in base64. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  return withProject(invocation, async ({ project, nameFromRoot }) => {
    const artifact = nameFromRoot(positionals[0] ?? '');
    const bytes = await project.cat(artifact);
    if (options.json) {
      const base64 = Buffer.from(bytes).toString('base64');
      writeJson(console.out, 'cat', { artifact, bytes: bytes.length, base64 });
    } else {
      console.out.write(bytes);
    }
    return 0;
  });
}

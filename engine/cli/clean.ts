import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { formatBytes, formatCount } from './render/amounts.ts';
import { withStore } from './with-project.ts';

/** `flow clean`: empties artifacts/, never .flow/. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options } = invocation;
  return withStore(invocation, async ({ project }) => {
    const removed = await project.clean();
    if (options.json) {
      writeJson(console.out, 'clean', removed);
      return 0;
    }
    for (const { from, to } of removed.movedAside) {
      console.out.write(`${from} was changed by hand; your version is kept as ${to}\n`);
    }
    if (removed.files === 0) {
      console.out.write('artifacts/ is empty already\n');
    } else {
      const amount = `${formatCount(removed.files, 'file')}, ${formatBytes(removed.bytes)}`;
      console.out.write(
        `removed artifacts/ (${amount}); .flow/ still holds the results, and flow run brings them back\n`,
      );
    }
    return 0;
  });
}

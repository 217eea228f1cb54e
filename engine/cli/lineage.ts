import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { ExitCode, Invocation } from './invocation.ts';
import { withProject } from './with-project.ts';

/** `flow lineage`: what an artifact was made of. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  return withProject(invocation, async ({ project, root }) => {
    const given = positionals[0] ?? '';
    const path = resolve(console.cwd, options.directory ?? '.', given);
    // A path is meant from the folder in which the command was given; the project knows it from its root.
    const isPath = given.includes('/') && existsSync(path) && !relative(root, path).startsWith('..');
    const node = await project.lineage(isPath ? relative(root, path) : given);
    if (options.json) {
      console.out.write(`${JSON.stringify(node)}\n`);
    } else {
      const { renderLineage } = await import('./render/lineage.ts');
      console.out.write(renderLineage(node, console.out, console.now()));
    }
    return 0;
  });
}

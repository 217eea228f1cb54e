import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { suggest } from '../model/similar.ts';
import { commandLineError, type ExitCode, type Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { refuse, withProject } from './with-project.ts';

const formats = ['tree', 'json', 'dot', 'mermaid', 'prov'];

/** `flow lineage`: what an artifact, or one row of it, was made of. */
export async function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  const format = options.json ? 'json' : (options.format ?? 'tree');
  const text = positionals[0] ?? '';
  const hash = text.indexOf('#');
  const [given, row] = hash < 0 ? [text, undefined] : [text.slice(0, hash), text.slice(hash + 1)];
  if (!formats.includes(format)) {
    const message = `there is no format '${format}'`;
    return refuse(invocation, [
      commandLineError(message, suggest(format, formats) ?? `the formats are ${formats.join(', ')}`),
    ]);
  }
  if (row !== undefined && (options.down || !['tree', 'json'].includes(format))) {
    return refuse(invocation, [commandLineError('the way of a row is shown upwards, as a tree or as JSON')]);
  }
  return withProject(invocation, async ({ project, root }) => {
    const path = resolve(console.cwd, options.directory ?? '.', given);
    // A path is meant from the folder in which the command was given; the project knows it from its root.
    const isPath = given.includes('/') && existsSync(path) && !relative(root, path).startsWith('..');
    const artifact = isPath ? relative(root, path) : given;
    if (row !== undefined) {
      const answer = await project.lineageOfRow(artifact, row);
      if (format === 'json') writeJson(console.out, 'lineage', answer);
      else console.out.write((await import('./render/row.ts')).renderRow(answer, console.out));
      return 0;
    }
    const node = options.down ? await project.lineageDown(artifact) : await project.lineage(artifact);
    if (format === 'json') {
      writeJson(console.out, 'lineage', node);
    } else if (format === 'tree') {
      const { renderLineage } = await import('./render/lineage.ts');
      console.out.write(renderLineage(node, console.out, console.now()));
    } else {
      const { drawLineage } = await import('./render/lineage-graph.ts');
      console.out.write(drawLineage(node, format as 'dot' | 'mermaid' | 'prov', options.down === true));
    }
    return 0;
  });
}

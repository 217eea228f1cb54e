import type { Diagnostic } from '../model/diagnostic.ts';
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
  const isGraph = !['tree', 'json'].includes(format);
  if (row !== undefined && isGraph) return refuse(invocation, [noGraph(format)]);
  return withProject(invocation, async ({ project, nameFromRoot }) => {
    const artifact = nameFromRoot(given);
    const isDown = options.down === true;
    const answer =
      row === undefined
        ? ((await project.lineageOfSource(artifact, isDown)) ??
          (await (isDown ? project.lineageDown : project.lineage)(artifact)))
        : await (isDown ? project.lineageDownOfRow : project.lineageOfRow)(artifact, row);
    if (format === 'json') {
      writeJson(console.out, 'lineage', answer);
    } else if ('nodes' in answer) {
      if (isGraph) return refuse(invocation, [noGraph(format)]);
      console.out.write((await import('./render/row.ts')).renderRow(answer, console.out));
    } else if (format === 'tree') {
      const { renderLineage } = await import('./render/lineage.ts');
      console.out.write(renderLineage(answer, console.out, console.now(), isDown || answer.kind === 'source'));
    } else {
      const { drawLineage } = await import('./render/lineage-graph.ts');
      const graph = format as 'dot' | 'mermaid' | 'prov';
      console.out.write(drawLineage(answer, graph, isDown || answer.kind === 'source'));
    }
    return 0;
  });
}

function noGraph(format: string): Diagnostic {
  return commandLineError(`the way of one row or file is no graph for ${format}`, 'it is shown as a tree, or as JSON');
}

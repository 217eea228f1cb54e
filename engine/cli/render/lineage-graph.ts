import type { LineageNode } from '../../model/inspection.ts';

interface Graph {
  readonly artifacts: ReadonlyMap<string, LineageNode>;
  /** By key: the runs of stages. */
  readonly tasks: ReadonlyMap<string, NonNullable<LineageNode['made']>>;
  /** Task and artifact. */
  readonly made: readonly (readonly [task: string, artifact: string])[];
  readonly used: readonly (readonly [task: string, artifact: string, input: string])[];
}

/** The tree as a graph in which each artifact and each task stands once. */
export function drawLineage(root: LineageNode, format: 'dot' | 'mermaid' | 'prov', isDown: boolean): string {
  const graph = gather(root, isDown);
  if (format === 'dot') return drawDot(graph);
  return format === 'mermaid' ? drawMermaid(graph) : `${JSON.stringify(writeProv(graph), null, 1)}\n`;
}

function gather(root: LineageNode, isDown: boolean): Graph {
  const artifacts = new Map<string, LineageNode>();
  const names = new Map<LineageNode, string>();
  const tasks = new Map<string, NonNullable<LineageNode['made']>>();
  const made = new Map<string, readonly [string, string]>();
  const used = new Map<string, readonly [string, string, string]>();
  const nameOf = (node: LineageNode): string => {
    const known = names.get(node) ?? `${node.made?.key ?? ''}${node.digest ?? ''}${node.artifact}`;
    names.set(node, known);
    return known;
  };
  const visit = (node: LineageNode) => {
    const name = nameOf(node);
    if (artifacts.has(name)) return;
    artifacts.set(name, node);
    if (node.made) {
      tasks.set(node.made.key, node.made);
      made.set(name, [node.made.key, name]);
    }
    for (const { name: input, node: other } of node.inputs) {
      const [reader, source] = isDown ? [other, node] : [node, other];
      if (reader.made)
        used.set(`${reader.made.key} ${nameOf(source)} ${input}`, [reader.made.key, nameOf(source), input]);
      visit(other);
    }
  };
  visit(root);
  return { artifacts, tasks, made: [...made.values()], used: [...used.values()] };
}

/** `a0`, `t0`: short names, since keys and paths hold what no format takes. */
function numbered(names: Iterable<string>, letter: string): ReadonlyMap<string, string> {
  return new Map([...names].map((name, index) => [name, `${letter}${index}`]));
}

function drawDot(graph: Graph): string {
  const [artifacts, tasks] = [numbered(graph.artifacts.keys(), 'a'), numbered(graph.tasks.keys(), 't')];
  const lines = ['digraph lineage {', '  rankdir=LR; node [fontname="sans-serif" fontsize=10];'];
  for (const [name, node] of graph.artifacts) {
    const shape = node.kind === 'source' ? 'folder' : 'note';
    lines.push(`  ${artifacts.get(name)} [shape=${shape} label=${JSON.stringify(labelOf(node))}];`);
  }
  for (const [key, { task }] of graph.tasks)
    lines.push(`  ${tasks.get(key)} [shape=box style=rounded label=${JSON.stringify(task)}];`);
  for (const [task, artifact, input] of graph.used) {
    lines.push(`  ${artifacts.get(artifact)} -> ${tasks.get(task)} [label=${JSON.stringify(input)} fontsize=8];`);
  }
  for (const [task, artifact] of graph.made) lines.push(`  ${tasks.get(task)} -> ${artifacts.get(artifact)};`);
  return `${lines.join('\n')}\n}\n`;
}

function drawMermaid(graph: Graph): string {
  const [artifacts, tasks] = [numbered(graph.artifacts.keys(), 'a'), numbered(graph.tasks.keys(), 't')];
  // Mermaid writes a quote as an entity.
  const quote = (text: string) => `"${text.replaceAll('"', '#quot;').replaceAll('\n', '<br>')}"`;
  const lines = ['flowchart LR'];
  for (const [name, node] of graph.artifacts) {
    const id = artifacts.get(name);
    lines.push(node.kind === 'source' ? `  ${id}[(${quote(labelOf(node))})]` : `  ${id}[${quote(labelOf(node))}]`);
  }
  for (const [key, { task }] of graph.tasks) lines.push(`  ${tasks.get(key)}([${quote(task)}])`);
  for (const [task, artifact, input] of graph.used)
    lines.push(`  ${artifacts.get(artifact)} -- ${quote(input)} --> ${tasks.get(task)}`);
  for (const [task, artifact] of graph.made) lines.push(`  ${tasks.get(task)} --> ${artifacts.get(artifact)}`);
  return `${lines.join('\n')}\n`;
}

/** https://www.w3.org/submissions/prov-json/: artifacts are entities, what a key stands for an activity, hosts agents. */
function writeProv(graph: Graph): object {
  const [artifacts, tasks] = [numbered(graph.artifacts.keys(), 'flow:a'), numbered(graph.tasks.keys(), 'flow:t')];
  const hosts = numbered(new Set([...graph.tasks.values()].map(({ host }) => host)), 'flow:h');
  const time = (milliseconds: number) => new Date(milliseconds).toISOString();
  const object = <T>(entries: readonly (readonly [string | undefined, T])[]) => Object.fromEntries(entries);
  return {
    prefix: { flow: 'urn:flow:', prov: 'http://www.w3.org/ns/prov#' },
    entity: object(
      [...graph.artifacts].map(([name, { artifact, digest, kind }]) => [
        artifacts.get(name),
        { 'prov:label': artifact, 'flow:kind': kind, ...(digest ? { 'flow:sha256': digest } : {}) },
      ]),
    ),
    activity: object(
      [...graph.tasks].map(([key, made]) => [
        tasks.get(key),
        {
          'prov:startTime': time(made.startedAt),
          'prov:endTime': time(made.startedAt + 1000 * made.seconds),
          ...{ 'prov:label': made.task, 'flow:key': key, 'flow:run': made.run },
          ...{ 'flow:with': JSON.stringify(made.with), 'flow:code': JSON.stringify(made.code) },
        },
      ]),
    ),
    agent: object([...hosts].map(([host, id]) => [id, { 'prov:label': host, 'prov:type': 'prov:SoftwareAgent' }])),
    wasGeneratedBy: object(
      graph.made.map(([task, artifact], index) => [
        `_:g${index}`,
        { 'prov:entity': artifacts.get(artifact), 'prov:activity': tasks.get(task) },
      ]),
    ),
    used: object(
      graph.used.map(([task, artifact, input], index) => [
        `_:u${index}`,
        { 'prov:activity': tasks.get(task), 'prov:entity': artifacts.get(artifact), 'prov:role': input },
      ]),
    ),
    wasAssociatedWith: object(
      [...graph.tasks].map(([key, { host }], index) => [
        `_:w${index}`,
        { 'prov:activity': tasks.get(key), 'prov:agent': hosts.get(host) },
      ]),
    ),
  };
}

function labelOf({ artifact, digest }: LineageNode): string {
  return digest === undefined ? artifact : `${artifact}\n${digest.slice(0, 12)}`;
}

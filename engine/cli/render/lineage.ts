import { stripVTControlCharacters } from 'node:util';
import type { LineageNode } from '../../model/inspection.ts';
import type { Output } from '../console.ts';
import { formatAge, formatDuration } from './amounts.ts';
import { describeMaking } from './making.ts';
import type { Paint } from './paint.ts';
import { widthOf, wrapText } from './text.ts';

/** A tree: each artifact and each making is told once, later on by its name alone. */
export function renderLineage(root: LineageNode, { paint, size }: Pick<Output, 'paint' | 'size'>, now: number): string {
  const told = new Set<string>();
  const makings = new Set<string>();
  const lines: string[] = [];
  const visit = (
    node: LineageNode,
    line: { readonly first: string; readonly rest: string; readonly input: string; readonly kept?: true },
  ) => {
    const identity = `${node.artifact} ${node.digest ?? ''}`;
    const isTold = told.has(identity) && node.inputs.length > 0;
    told.add(identity);
    const input = line.input === '' ? '' : paint.dim(`${line.input}: `);
    const digest = node.digest === undefined ? '' : paint.dim(`  ${node.digest.slice(0, 12)}`);
    const isMakingTold = node.made !== undefined && makings.has(node.made.key);
    if (node.made) makings.add(node.made.key);
    const by = isMakingTold && !isTold ? paint.dim(`  by ${node.made?.task}`) : '';
    const kind = node.kind === 'source' ? paint.dim('  source') : line.kept ? paint.yellow('  kept by choice') : '';
    lines.push(`${line.first}${input}${node.artifact}${digest}${by}${kind}${isTold ? paint.dim('  (above)') : ''}`);
    if (isTold) return;
    const stem = line.rest + (node.inputs.length > 0 ? '│ ' : '  ');
    // Where a terminal broke a line itself, the branches would be torn.
    const room = Math.max(40, size().columns - widthOf(stripVTControlCharacters(stem)) - 4);
    for (const fact of isMakingTold ? [] : facts(node, now)) {
      const [first, ...more] = wrapText(fact, room);
      lines.push(paint.dim(`${stem}  ${first}`), ...more.map((text) => paint.dim(`${stem}    ${text}`)));
    }
    for (const [index, { name, node: below, kept }] of node.inputs.entries()) {
      const isLast = index === node.inputs.length - 1;
      const branch = isLast ? { first: '└─ ', rest: '   ' } : { first: '├─ ', rest: '│  ' };
      visit(below, {
        first: line.rest + paintBranch(branch.first, paint),
        rest: line.rest + branch.rest,
        input: name,
        ...(kept ? { kept } : {}),
      });
    }
  };
  visit(root, { first: '', rest: '', input: '' });
  return `${lines.join('\n')}\n`;
}

function paintBranch(branch: string, paint: Paint): string {
  return paint.dim(branch);
}

function facts({ made }: LineageNode, now: number): string[] {
  if (made === undefined) return [];
  const age = formatAge((now - made.startedAt) / 1000);
  const lines = [`made by ${made.task} ${age} in ${formatDuration(made.seconds)} on ${made.host} (run ${made.run})`];
  lines.push(...describeMaking(made));
  for (const { because, at, of } of made.accepted ?? []) {
    const when = formatAge((now - at) / 1000);
    lines.push(`accepted as equal ${when}, with other code than it was made by (key ${of.slice(0, 12)}): ${because}`);
  }
  const parameters = Object.entries(made.with);
  if (parameters.length > 0) {
    lines.push(`with ${parameters.map(([name, value]) => `${name}: ${inFlow(value)}`).join(', ')}`);
  }
  return lines;
}

/** A value as YAML's one-line form has it, near enough to read. */
function inFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${inFlow(inner)}`)
      .join(', ')} }`;
  }
  return String(value);
}

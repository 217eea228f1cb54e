import { stripVTControlCharacters } from 'node:util';
import type { LineageNode } from '../../model/inspection.ts';
import type { Output } from '../console.ts';
import { formatAge, formatDuration } from './amounts.ts';
import { describeMaking } from './making.ts';
import { widthOf, wrapText } from './text.ts';

interface Line {
  readonly first: string;
  readonly rest: string;
  readonly input: string;
  readonly kept?: true;
  /** What was made from or of this. */
  readonly beside?: Made;
}

type Made = NonNullable<LineageNode['made']>;

/**
 * A tree: each artifact and each making is told once, later on by its name alone; several of these in a row stand together.
 * The run and the host are told where they are others than one line further out. `isDown` where inputs are what was made of
 * it: then another output of the same task has others.
 */
export function renderLineage(
  root: LineageNode,
  { paint, size }: Pick<Output, 'paint' | 'size'>,
  now: number,
  isDown = false,
): string {
  const told = new Set<string>();
  const makings = new Set<string>();
  const texts = new Map<string, string>();
  /** What was told of a task already is told of another one in few words. */
  const tellOnce = (text: string, made: Made | undefined, again: (task: string) => string): string => {
    const first = texts.get(text);
    if (made !== undefined && first === undefined) texts.set(text, made.task);
    return first === undefined ? text : again(first);
  };
  const lines: string[] = [];
  const isTold = ({ artifact, digest }: LineageNode) => told.has(`${artifact} ${digest ?? ''}`);
  // Where a terminal broke a line itself, the branches would be torn.
  const roomBehind = (stem: string) => Math.max(40, size().columns - widthOf(stripVTControlCharacters(stem)) - 4);
  const visit = (node: LineageNode, line: Line) => {
    const isAgain = isTold(node);
    told.add(`${node.artifact} ${node.digest ?? ''}`);
    const input = line.input === '' ? '' : paint.dim(`${line.input}: `);
    const digest = node.digest === undefined ? '' : paint.dim(`  ${node.digest.slice(0, 12)}`);
    const isMakingTold = node.made !== undefined && makings.has(node.made.key);
    if (node.made) makings.add(node.made.key);
    const by = isMakingTold && !isAgain ? paint.dim(`  by ${node.made?.task}`) : '';
    const kind = node.kind === 'source' ? paint.dim('  source') : line.kept ? paint.yellow('  kept by choice') : '';
    const inputs = isAgain || (isMakingTold && !isDown) ? [] : node.inputs;
    const above = isAgain || inputs.length < node.inputs.length ? paint.dim('  (above)') : '';
    lines.push(`${line.first}${input}${node.artifact}${digest}${by}${kind}${above}`);
    if (isAgain) return;
    const stem = line.rest + (inputs.length > 0 ? '│ ' : '  ');
    for (const fact of isMakingTold ? [] : facts(node, { now, beside: line.beside, tellOnce })) {
      const [first, ...more] = wrapText(fact, roomBehind(stem));
      lines.push(paint.dim(`${stem}  ${first}`), ...more.map((text) => paint.dim(`${stem}    ${text}`)));
    }
    for (let at = 0; at < inputs.length; ) {
      let end = at;
      while (end < inputs.length && isTold((inputs[end] as (typeof inputs)[number]).node)) end += 1;
      const isGroup = end > at + 1;
      if (!isGroup) end = at + 1;
      const isLast = end === inputs.length;
      const branch = isLast ? { first: '└─ ', rest: '   ' } : { first: '├─ ', rest: '│  ' };
      const [first, rest] = [line.rest + paint.dim(branch.first), line.rest + branch.rest];
      if (isGroup) {
        const names = inputs.slice(at, end).map(({ name, node: { artifact } }) => `${name}: ${artifact}`);
        const text = tellOnce(`(above) ${names.join(', ')}`, node.made, (task) => `(above) what ${task} read, too`);
        const [head, ...more] = wrapText(text, roomBehind(rest));
        lines.push(`${first}${paint.dim(head ?? '')}`, ...more.map((text) => paint.dim(`${rest}  ${text}`)));
      } else {
        const { name, node: below, kept } = inputs[at] as (typeof inputs)[number];
        visit(below, {
          ...{ first, rest, input: name },
          ...(node.made ? { beside: node.made } : line.beside ? { beside: line.beside } : {}),
          ...(kept ? { kept } : {}),
        });
      }
      at = end;
    }
  };
  visit(root, { first: '', rest: '', input: '' });
  return `${lines.join('\n')}\n`;
}

interface Telling {
  readonly now: number;
  readonly beside: Made | undefined;
  readonly tellOnce: (text: string, made: Made, again: (task: string) => string) => string;
}

function facts({ made }: LineageNode, { now, beside, tellOnce }: Telling): string[] {
  if (made === undefined) return [];
  const age = formatAge((now - made.startedAt) / 1000);
  const host = beside?.host === made.host ? '' : ` on ${made.host}`;
  const run = beside?.run === made.run ? '' : ` (run ${made.run})`;
  const lines = [`made by ${made.task} ${age} in ${formatDuration(made.seconds)}${host}${run}${describeCode(made)}`];
  lines.push(...describeMaking(made));
  for (const { because, at, of } of made.accepted ?? []) {
    const when = formatAge((now - at) / 1000);
    lines.push(`accepted as equal ${when}, with other code than it was made by (key ${of.slice(0, 12)}): ${because}`);
  }
  const parameters = Object.entries(made.with);
  if (parameters.length > 0) {
    const text = `with ${parameters.map(([name, value]) => `${name}: ${inFlow(value)}`).join(', ')}`;
    lines.push(tellOnce(text, made, (task) => `with the parameters of ${task}`));
  }
  return lines;
}

/** The version of a module's code; a command is its own text, which the pipeline shows. */
function describeCode({ code }: Made): string {
  return typeof code.module === 'string' ? `, code ${code.module.slice(0, 12)}` : '';
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

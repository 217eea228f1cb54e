import { stripVTControlCharacters } from 'node:util';
import type { Json, JsonObject } from '../../model/names.ts';
import type { RowAnswer, RowNode } from '../../model/provenance.ts';
import type { Output } from '../console.ts';
import { formatBytes, formatCount } from './amounts.ts';
import { widthOf, wrapText } from './text.ts';

/** Rows that are shown of each table. */
const mostRows = 5;

/** The way of a row: what each artifact upstream holds of it, each once; whole artifacts by their digests. */
export function renderRow(answer: RowAnswer, { paint, size }: Pick<Output, 'paint' | 'size'>): string {
  const told = new Set<string>();
  const lines: string[] = [];
  const visit = (node: RowNode, place: { readonly first: string; readonly rest: string; readonly input: string }) => {
    const held = node.file ?? node.rows;
    const identity = JSON.stringify([node.artifact, node.made?.key, node.whole, held]);
    const isTold = told.has(identity);
    told.add(identity);
    const input = place.input === '' ? '' : paint.dim(`${place.input}: `);
    const file = node.file ? `/${node.file.path}  ${formatBytes(node.file.bytes)}` : '';
    const digest = node.file?.digest ?? node.whole;
    const by = node.made ? paint.dim(`  by ${node.made.task}`) : node.kind === 'source' ? paint.dim('  source') : '';
    const short = digest === undefined ? '' : paint.dim(`  ${digest.slice(0, 12)}`);
    const again = isTold && held ? paint.dim('  (above)') : '';
    lines.push(`${place.first}${input}${node.artifact}${file}${short}${by}${again}`);
    if (isTold) return;
    const stem = `${place.rest}${node.inputs.length > 0 ? paint.dim('│ ') : '  '}  `;
    // Where a terminal broke a line itself, the branches would be torn.
    const room = Math.max(40, size().columns - widthOf(stripVTControlCharacters(stem)) - 2);
    for (const fact of factsOf(node)) {
      const [first, ...more] = wrapText(fact.trimStart(), room);
      const indent = ' '.repeat(fact.length - fact.trimStart().length);
      lines.push(`${stem}${indent}${first}`, ...more.map((text) => `${stem}${indent}  ${text}`));
    }
    const children = gather(node);
    for (const [index, { name, node: below }] of children.entries()) {
      const isLast = index === children.length - 1;
      const branch = isLast ? { first: '└─ ', rest: '   ' } : { first: '├─ ', rest: '│  ' };
      visit(below, {
        first: place.rest + paint.dim(branch.first),
        rest: place.rest + paint.dim(branch.rest),
        input: name,
      });
    }
  };
  for (const node of answer.nodes) visit(node, { first: '', rest: '', input: '' });
  for (const { task, out, rows } of answer.mentions) {
    lines.push(`named by ${task}${out === 'out' ? '' : `.${out}`} in ${formatCount(rows.length, 'row')}`);
    lines.push(...someRows(rows).map((text) => `    ${text}`));
  }
  return `${lines.join('\n')}\n`;
}

function factsOf({ file, rows = [], kin = [], beside = [] }: RowNode): string[] {
  const facts = someRows(rows);
  if (file?.value !== undefined) facts.push(describeValue(file.value));
  for (const other of beside) {
    const value = other.file?.value === undefined ? '' : `  ${describeValue(other.file.value)}`;
    facts.push(`beside it: ${other.out}  ${formatBytes(other.bytes)}  ${other.digest.slice(0, 12)}${value}`);
  }
  if (kin.length > 0) facts.push('of one group with', ...someRows(kin).map((text) => `  ${text}`));
  return facts;
}

/** Inputs that hold nothing of the row and were made by tasks of one stage stand on one line. */
function gather({ inputs }: RowNode): RowNode['inputs'] {
  const whole = new Map<string, number>();
  const stageOf = ({ node }: RowNode['inputs'][number]) => node.made?.task.split('@')[0];
  const isBare = (input: RowNode['inputs'][number]) => input.node.whole !== undefined && input.node.made !== undefined;
  for (const input of inputs.filter(isBare)) {
    const name = `${input.name} ${stageOf(input)}`;
    whole.set(name, (whole.get(name) ?? 0) + 1);
  }
  const shown = new Set<string>();
  return inputs.flatMap((input) => {
    const name = `${input.name} ${stageOf(input)}`;
    const count = isBare(input) ? (whole.get(name) ?? 0) : 0;
    if (count < 3) return [input];
    if (shown.has(name)) return [];
    shown.add(name);
    const { whole: _, made: __, ...plain } = input.node;
    return [
      { name: input.name, node: { ...plain, artifact: `${count} of ${stageOf(input)} that hold nothing of it` } },
    ];
  });
}

function someRows(rows: readonly JsonObject[]): string[] {
  const shown = rows.slice(0, mostRows).map(describeEntries);
  return rows.length > mostRows ? [...shown, `and ${rows.length - mostRows} more`] : shown;
}

function inLine(value: Json): string {
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  const text = typeof value === 'object' && value !== null ? inFlow(value) : String(value);
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}

/** What a small JSON file holds. */
function describeValue(value: Json): string {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? describeEntries(value as JsonObject) : inLine(value);
}

/** As YAML's one-line form has it, near enough to read. */
function inFlow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return `{ ${describeEntries(value as JsonObject)} }`;
  return inLine(value);
}

function describeEntries(value: JsonObject): string {
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${inLine(inner)}`)
    .join(', ');
}

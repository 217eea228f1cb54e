import type { Json, JsonObject } from '../../model/names.ts';
import type { RowAnswer, RowNode } from '../../model/provenance.ts';
import type { Output } from '../console.ts';
import { formatBytes, formatCount } from './amounts.ts';

/** Rows that are shown of each table. */
const mostRows = 5;

/** The way of a row: what each artifact upstream holds of it, each once; whole artifacts by their digests. */
export function renderRow(answer: RowAnswer, { paint }: Pick<Output, 'paint'>): string {
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
    lines.push(...factsOf(node).map((fact) => `${stem}${fact}`));
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
  if (file?.value !== undefined) facts.push(inLine(file.value));
  for (const other of beside) {
    const value = other.file?.value === undefined ? '' : `  ${inLine(other.file.value)}`;
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
  const shown = rows.slice(0, mostRows).map((row) =>
    Object.entries(row)
      .map(([name, value]) => `${name}: ${inLine(value)}`)
      .join(', '),
  );
  return rows.length > mostRows ? [...shown, `and ${rows.length - mostRows} more`] : shown;
}

function inLine(value: Json): string {
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
  return typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(6)))
    : writeJson(value);
}

function writeJson(value: Json): string {
  const text = JSON.stringify(value, (_, inner) => (typeof inner === 'number' ? Number(inner.toPrecision(6)) : inner));
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}

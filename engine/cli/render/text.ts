import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';

/** A piece of a line; it is cut before it is coloured, so that nothing has to look for colours in a text. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Made at first use, since it loads tables that take a tenth of a command's start. */
let graphemes: Intl.Segmenter | undefined;

/** Most of a long table is plain letters, of which each takes one column. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** Columns that a text without colours takes on a terminal. */
export function widthOf(text: string): number {
  return isPlain(text) ? text.length : stringWidth(text);
}

export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function padStartTo(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Joins cells to a line of at most so many columns; what does not fit is cut with an ellipsis. */
export function composeLine(cells: readonly Cell[], columns: number): string {
  let left = columns;
  let line = '';
  for (const [index, cell] of cells.entries()) {
    const width = widthOf(cell.text);
    const isLast = cells.slice(index + 1).every((rest) => rest.text === '');
    const text = width < left || (isLast && width === left) ? cell.text : fitTo(cell.text, left, !isLast);
    line += cell.paint && text !== '' ? cell.paint(text) : text;
    if (text !== cell.text) break;
    left -= width;
  }
  return line;
}

/** Cuts a text without colours to so many columns; `more` says that something is lost even where the text fits. */
export function fitTo(text: string, columns: number, more = false): string {
  if (!more && widthOf(text) <= columns) return text;
  if (columns <= 0) return '';
  if (isPlain(text)) return `${text.slice(0, columns - 1)}…`;
  let kept = '';
  let used = 0;
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { segment } of graphemes.segment(text)) {
    const width = widthOf(segment);
    if (used + width > columns - 1) break;
    kept += segment;
    used += width;
  }
  return `${kept}…`;
}

/** Breaks a sentence into lines of at most so many columns; a longer word stays whole. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Without what would move the cursor or colour the lines that follow, since a task's words may hold anything. */
export function printable(text: string): string {
  const visible = [...stripVTControlCharacters(text).replaceAll('\t', '  ')];
  return visible.filter((character) => character >= ' ' && character !== '\x7f').join('');
}

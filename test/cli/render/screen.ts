/** The part of a terminal that the live display uses, so that a test sees what a person would see. */
export interface Screen {
  readonly write: (text: string) => void;
  /** Every row from the first one on, without trailing spaces and empty rows at the end. */
  readonly rows: () => string[];
  readonly isCursorShown: () => boolean;
  /** Breaks rows anew, as terminals do that keep long lines whole. */
  readonly resize: (columns: number) => void;
}

// Built from a string, since a control character in a pattern is mostly a slip, and the linter says so.
const sequences = new RegExp(`${String.fromCharCode(27)}\\[(\\??[0-9]*)([A-Za-z])|([\\s\\S])`, 'gu');

export function createScreen(columns: number): Screen {
  // A line holds its rows in one string; a row is a stretch of `width` characters of it.
  let width = columns;
  let lines: string[] = [''];
  let line = 0;
  let column = 0;
  let shown = true;

  const rowsOf = (text: string) => Math.max(1, Math.ceil(text.length / width));
  const moveUp = (count: number) => {
    let left = count;
    column %= width;
    while (left > 0 && line > 0) {
      line--;
      left -= rowsOf(lines[line] ?? '');
    }
  };
  const put = (character: string) => {
    const text = (lines[line] ?? '').padEnd(column);
    lines[line] = text.slice(0, column) + character + text.slice(column + 1);
    column++;
  };
  const write = (text: string) => {
    for (const match of text.matchAll(sequences)) {
      const [, parameter = '', command, character] = match;
      if (command === 'A') moveUp(Number(parameter));
      else if (command === 'K') lines[line] = (lines[line] ?? '').slice(0, column);
      else if (command === 'J') {
        lines[line] = (lines[line] ?? '').slice(0, column);
        lines = lines.slice(0, line + 1);
      } else if (command === 'h') shown = true;
      else if (command === 'l') shown = false;
      else if (character === '\r') column = 0;
      else if (character === '\n') {
        line++;
        column = 0;
        lines[line] ??= '';
      } else if (character !== undefined) put(character);
    }
  };
  return {
    write,
    rows: () => {
      const all = lines.map((text) => text.trimEnd());
      while (all.at(-1) === '') all.pop();
      return all;
    },
    isCursorShown: () => shown,
    resize: (next) => {
      width = next;
    },
  };
}

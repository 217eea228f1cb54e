/** Colours a text for a terminal; without colour every function gives its text back. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

// Written out, since node's own styleText asks process.stdout for colours from Node 22.13 on and not before:
// the same call would colour differently on two versions, and a stream other than standard output not at all.
function code(open: number, close: number): (text: string) => string {
  return (text) => (text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`);
}

const plain = (text: string) => text;

export const colourless: Paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };

export const coloured: Paint = {
  bold: code(1, 22),
  dim: code(2, 22),
  red: code(31, 39),
  green: code(32, 39),
  yellow: code(33, 39),
  cyan: code(36, 39),
};

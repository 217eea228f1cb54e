import { Lexer } from 'yaml';

export interface BracesInFlow {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

const marks = new Set(['\u0002', '\u0018', '\u001f']);

/**
 * Finds `${name}` that stands unquoted inside `{ }` or `[ ]`: there YAML's lexer ends the plain text at the brace,
 * so a brace as a token of its own right behind a dollar is the sign. Quoted and block texts are single tokens.
 */
export function bracesInFlow(text: string): readonly BracesInFlow[] {
  const found: BracesInFlow[] = [];
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    // Control characters mark documents and scalars and stand for no text.
    if (marks.has(token) && text.charAt(offset) !== token) continue;
    const match =
      token === '{' && text.charAt(offset - 1) === '$' && /^\{([\w.-]+)\}/.exec(text.slice(offset, offset + 200));
    if (match) found.push({ from: offset - 1, to: offset + match[0].length, name: match[1] ?? '' });
    offset += token.length;
  }
  return found;
}

/**
 * Each `${…}` of a command that stands alone within quotes, with them, as a shell reads the text: in `'a'${x}'b'` both
 * quotes beside it close what was opened before, and belong to its neighbours.
 */
export function quotedAlone(command: string): readonly string[] {
  const found: string[] = [];
  /** What has to come yet, the next one last: a quote, or the end of `$(…)`, in which quotes begin anew. */
  const awaited: string[] = [];
  const tokens = /\\.|\$\{[\w.-]+\}|\$?\(|[)"']|(?<!\S)#/gs;
  for (let match = tokens.exec(command); match !== null; match = tokens.exec(command)) {
    const [token] = match;
    const next = awaited.at(-1);
    const isQuoted = next === '"' || next === "'";
    if (token.startsWith('${')) {
      const isAlone = command[match.index - 1] === next && command[tokens.lastIndex] === next;
      if (isQuoted && isAlone) found.push(`${next}${token}${next}`);
    } else if (next === "'") {
      // Nothing else means anything here, a backslash neither.
      if (token.endsWith("'")) awaited.pop();
    } else if (token === next) {
      awaited.pop();
    } else if (token === '$(' || (token === '(' && !isQuoted)) {
      awaited.push(')');
    } else if (token === '"' || (token === "'" && !isQuoted)) {
      awaited.push(token);
    } else if (token === '#' && !isQuoted) {
      // A comment, whose apostrophes quote nothing.
      const end = command.indexOf('\n', match.index);
      tokens.lastIndex = end < 0 ? command.length : end;
    }
  }
  return found;
}

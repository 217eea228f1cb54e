/**
 * Keeps esbuild's choice of short names apart from what the names were before.
 *
 * esbuild gives the shortest names out of the letters that occur most in a text, and the declarations' own names are
 * counted too; a renamed local would so rename all others. The remedy is a text of letters, appended as a variable that
 * nobody uses and esbuild drops after counting: it outweighs whatever the rest can add, so the order is always the same.
 * Renaming the locals ourselves was rejected: it needs a parser and an analysis of scopes.
 */

/** The letters of names, roughly by how often programs use them, which keeps the text short. */
const letters = 'etnrsiaoclupdmfhgbvyxkwSETCRAIOPDNLMFBUzjqVHGKWXYJQZ_$0123456789';

export function outweighNames(text: string): string {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const ladder: string[] = [];
  let weight = 0;
  let below = 0;
  // From the rarest up: each letter must win over the next one by all that either may gain or lose.
  for (const letter of [...letters].reverse()) {
    const own = counts.get(letter) ?? 0;
    weight += 2 * below + own + 1;
    ladder.push(letter.repeat(weight));
    below = own;
  }
  return `${text}\nvar outweighedNames = "${ladder.join('')}";\n`;
}

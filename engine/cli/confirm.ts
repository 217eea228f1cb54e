import { DiagnosticError } from '../model/diagnostic.ts';
import type { Price } from '../model/planning.ts';
import type { Invocation } from './invocation.ts';

/** Shows the price and asks; where nobody can be asked, `--yes` has to have been given. Throws where the answer is no. */
export async function confirmPrice(price: Price, { console, options, positionals }: Invocation): Promise<boolean> {
  if (options.yes) return true;
  const { describePrice } = await import('./render/price.ts');
  const { title, lines } = describePrice(price, positionals);
  const { ask } = console;
  if (ask === undefined || options.json) {
    const hint = [...lines, 'to go on without being asked: --yes'].join('\n');
    throw new DiagnosticError([{ code: 'not-confirmed', severity: 'error', message: title, hint }]);
  }
  console.err.write(`${[title, ...lines.map((line) => `  ${line}`)].join('\n')}\n`);
  const answer = await ask('Go on? [y/N] ');
  if (/^\s*y(es)?\s*$/i.test(answer)) return true;
  throw new DiagnosticError([{ code: 'not-confirmed', severity: 'error', message: 'nothing was run' }]);
}

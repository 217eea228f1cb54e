import { DiagnosticError } from '../model/diagnostic.ts';
import type { Price } from '../model/project.ts';
import type { Invocation } from './invocation.ts';

/** Shows the price and asks; where nobody can be asked, `--yes` has to have been given. Throws where the answer is no. */
export async function confirmPrice(price: Price, { console, options, positionals }: Invocation): Promise<boolean> {
  if (options.yes) return true;
  const { renderPrice } = await import('./render/price.ts');
  const text = renderPrice(price, positionals);
  const { ask } = console;
  if (ask === undefined || options.json) {
    const hint = '--yes goes on without asking';
    throw new DiagnosticError([{ code: 'not-confirmed', severity: 'error', message: text.trimEnd(), hint }]);
  }
  console.err.write(text);
  const answer = await ask('Go on? [y/N] ');
  if (/^\s*y(es)?\s*$/i.test(answer)) return true;
  throw new DiagnosticError([{ code: 'not-confirmed', severity: 'error', message: 'nothing was run' }]);
}

import type { ReceiptCheck } from '../../model/receipt.ts';
import type { Output } from '../console.ts';
import { formatCount } from './amounts.ts';

/** Whether a receipt holds by itself, who signed it, and what of it lies here. */
export function renderReceiptCheck(checked: ReceiptCheck, { paint }: Pick<Output, 'paint'>): string {
  const { faults, steps, choices, signature, files } = checked;
  const lines = faults.map((fault) => `${paint.red('✗')} ${fault}`);
  if (faults.length === 0)
    lines.push(`${paint.green('✓')} the receipt holds: ${formatCount(steps, 'step')}, each key and input as it says`);
  lines.push(...choices.map((choice) => `${paint.yellow('!')} ${choice}`));
  lines.push(signature === 'absent' ? '  it is not signed' : `  its signature is ${signature}`);
  const count = (state: string) => files.filter((file) => file.state === state).length;
  for (const { path, state } of files)
    if (state === 'other') lines.push(`${paint.red('✗')} ${path} is another than in the receipt`);
  lines.push(`  ${formatCount(count('same'), 'file')} of it here and the same, ${count('absent')} not here`);
  return `${lines.join('\n')}\n`;
}

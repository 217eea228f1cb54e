import type { DoctorSection } from '../../model/inspection.ts';
import type { Paint } from './paint.ts';

/** Each section with its findings: what is well, what could be better, what is wrong. */
export function renderDoctor(sections: readonly DoctorSection[], paint: Paint): string {
  const marks = { ok: paint.green('✓'), note: paint.yellow('•'), problem: paint.red('✗') };
  return sections
    .map(({ title, lines }) => {
      const findings = lines.map(({ level, text }) => `  ${marks[level]} ${text.replaceAll('\n', '\n    ')}\n`);
      return `${paint.bold(title)}\n${findings.join('')}`;
    })
    .join('\n');
}

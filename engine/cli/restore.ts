import { DiagnosticError } from '../model/diagnostic.ts';
import type { RestoreAnswer } from '../model/restore.ts';
import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { withProject } from './with-project.ts';

/** `flow restore`: what a try was made with, back into pipeline.yaml; told before it is written. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  return withProject(invocation, async ({ project }) => {
    const { renderOutlook, renderRestore } = await import('./render/restore.ts');
    const [name = ''] = positionals;
    let isTold = false;
    const tell = (answer: RestoreAnswer) => {
      if (!options.json && !isTold) console.out.write(renderRestore(answer, console.out));
      isTold = true;
    };
    const confirm = async (answer: RestoreAnswer) => {
      if (answer.differences.length > 0 && !options.yes) {
        if (console.ask === undefined || options.json) throw await notConfirmed(invocation, answer);
        tell(answer);
        return /^\s*y(es)?\s*$/i.test(await console.ask('Write its parameters all the same? [y/N] '));
      }
      tell(answer);
      return true;
    };
    const answer = await project.restore({ name, dryRun: options.dryRun, confirm });
    tell(answer);
    if (options.json) writeJson(console.out, 'restore', answer);
    else console.out.write(renderOutlook(answer));
    return 0;
  });
}

async function notConfirmed({ console }: Invocation, answer: RestoreAnswer): Promise<DiagnosticError> {
  const { renderDifferences } = await import('./render/restore.ts');
  const message = 'more than parameters differs: the next run would make this try again, and not bring it back';
  const hint = [...renderDifferences(answer, console.err), 'to write its parameters all the same: --yes'].join('\n');
  return new DiagnosticError([{ code: 'not-confirmed', severity: 'error', message, hint }]);
}

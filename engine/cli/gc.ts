import { commandLineError, type ExitCode, type Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { refuse, withProject } from './with-project.ts';

/** `flow gc`: makes room in .flow/; exit code 1 where it stays larger than was asked for. */
export async function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options } = invocation;
  const { maxSize, dryRun } = options;
  const maxBytes = maxSize === undefined ? undefined : parseSize(maxSize);
  if (maxSize !== undefined && maxBytes === undefined) {
    const message = `--max-size '${maxSize}' is no size`;
    return refuse(invocation, [commandLineError(message, 'a number with B, KB, MB, GB, TB, MiB or GiB, such as 20GB')]);
  }
  return withProject(invocation, async ({ project, nameFile }) => {
    const answer = await project.gc({ dryRun, ...(maxBytes === undefined ? {} : { maxBytes }) });
    if (options.json) {
      writeJson(console.out, 'gc', answer);
    } else {
      const { renderGc } = await import('./render/gc.ts');
      console.out.write(renderGc(answer, { paint: console.out.paint, nameFile }));
    }
    return answer.reached ? 0 : 1;
  });
}

const powers = ['', 'k', 'm', 'g', 't'];

/** `20GB`, `1.5 GiB`, `4096`; undefined where the text is none. */
export function parseSize(text: string): number | undefined {
  const [, number, prefix = '', binary] = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgt])(i)?b?|b)?\s*$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Math.round(Number(number) * (binary ? 1024 : 1000) ** powers.indexOf(prefix.toLowerCase()));
}

import { resolve } from 'node:path';
import { commandLineError, type ExitCode, type Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { formatAge, formatBytes } from './render/amounts.ts';
import { refuse, withProject } from './with-project.ts';

/** `flow get`: an artifact of given settings, or of an earlier run, as a file or folder of one's own. */
export async function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  const [given = ''] = positionals;
  if (options.output === undefined || options.output === '') {
    return refuse(invocation, [commandLineError('flow get needs a place: -o FILE', `flow get ${given} -o FILE`)]);
  }
  const to = resolve(console.cwd, options.directory ?? '.', options.output);
  return withProject(invocation, async ({ project, nameFile, nameFromRoot }) => {
    const answer = await project.get({ artifact: nameFromRoot(given), to, overwrite: options.overwrite });
    if (options.json) {
      writeJson(console.out, 'get', answer);
    } else {
      const age = formatAge((console.now() - answer.startedAt) / 1000);
      const verb = answer.isWritten ? 'is written' : 'is there already';
      console.out.write(`${nameFile(to)} ${verb}: ${answer.task}, ${formatBytes(answer.bytes)}, made ${age}\n`);
    }
    return 0;
  });
}

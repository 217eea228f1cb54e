import { relative, resolve } from 'node:path';
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
  const from = (path: string) => resolve(console.cwd, options.directory ?? '.', path);
  const to = from(options.output);
  return withProject(invocation, async ({ project, root, nameFile }) => {
    // A path is meant from the folder in which the command was given, and need not be there.
    const below = relative(root, from(given));
    const artifact = below.startsWith('artifacts/') ? below : given;
    const answer = await project.get({ artifact, to, overwrite: options.overwrite });
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

import { commandLineError, type ExitCode, type Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { scripts } from './render/completion.ts';
import { refuse } from './with-project.ts';

/** `flow completion`: a script for a shell, which asks flow itself what may stand there. */
export async function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options, positionals } = invocation;
  const [shell = ''] = positionals;
  const script = Object.hasOwn(scripts, shell) ? scripts[shell as keyof typeof scripts] : undefined;
  if (script === undefined) {
    const known = Object.keys(scripts).join(', ');
    return refuse(invocation, [commandLineError(`there is no script for '${shell}'`, `the shells are ${known}`)]);
  }
  if (options.json) writeJson(console.out, 'completion', { shell, script });
  else console.out.write(script);
  return 0;
}

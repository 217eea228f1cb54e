import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { withProject } from './with-project.ts';

/** `flow doctor`: what this machine offers to the pipeline's stages, and what it lacks; exit code 1 where something is wrong. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options } = invocation;
  return withProject(invocation, async ({ project }) => {
    const sections = await project.doctor();
    if (options.json) {
      writeJson(console.out, 'doctor', sections);
    } else {
      const { renderDoctor } = await import('./render/doctor.ts');
      console.out.write(renderDoctor(sections, console.out.paint));
    }
    return sections.some(({ lines }) => lines.some(({ level }) => level === 'problem')) ? 1 : 0;
  });
}

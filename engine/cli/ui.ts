import { findProject } from './find-project.ts';
import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { readSettings } from './settings.ts';
import { refuse } from './with-project.ts';

/** `flow ui`: serves the page until Ctrl-C. It never opens a browser by itself, since the terminal may be far from one. */
export async function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options } = invocation;
  const found = findProject({ cwd: console.cwd, ...options });
  if ('severity' in found) return refuse(invocation, [found]);
  const { settings, diagnostics } = await readSettings(options);
  if (diagnostics.length > 0) return refuse(invocation, diagnostics);
  const { startServer } = await import('../../ui/server/server.ts');
  const interrupts = invocation.listenForInterrupts();
  const server = await startServer({ ...found, settings }, options.port ?? 0);
  if (options.json) writeJson(console.out, 'ui', { url: server.url });
  else console.out.write(`${server.url}\n\nOpen it in a browser on this machine; Ctrl-C ends it.\n`);
  await new Promise<void>((resolve) => interrupts.signal.addEventListener('abort', () => resolve()));
  await server.close();
  return 0;
}

import { findProject } from './find-project.ts';
import { commandLineError, type ExitCode, type Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { readSettings } from './settings.ts';
import { refuse } from './with-project.ts';

/** Why the system gives no such port, by its code. */
const refusals: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'is not for you to take',
  ERR_SOCKET_BAD_PORT: 'is none: they end at 65535',
};

/** `flow ui`: serves the page until Ctrl-C. It never opens a browser by itself, since the terminal may be far from one. */
export async function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options } = invocation;
  const found = findProject({ cwd: console.cwd, ...options });
  if ('severity' in found) return refuse(invocation, [found]);
  const { settings, diagnostics } = await readSettings(options);
  if (diagnostics.length > 0) return refuse(invocation, diagnostics);
  const { startServer } = await import('../../ui/server/server.ts');
  const port = options.port ?? 0;
  let server: Awaited<ReturnType<typeof startServer>>;
  try {
    server = await startServer({ ...found, settings }, port);
  } catch (error) {
    const reason = refusals[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    return refuse(invocation, [commandLineError(`port ${port} ${reason}`, 'without --port a free one is taken')]);
  }
  const interrupts = invocation.listenForInterrupts();
  if (options.json) writeJson(console.out, 'ui', { url: server.url });
  else console.out.write(`${server.url}\n\nOpen it in a browser on this machine; Ctrl-C ends it.\n`);
  await new Promise<void>((resolve) => interrupts.signal.addEventListener('abort', () => resolve()));
  await server.close();
  return 0;
}

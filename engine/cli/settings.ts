import type { Diagnostic } from '../model/diagnostic.ts';
import type { Json } from '../model/names.ts';
import type { PipelineSettings } from '../model/spec.ts';
import { commandLineError, type OptionValues } from './invocation.ts';

/** Reads `--set a.b=YAML` and `--profile`; what is wrong with each is a diagnostic. */
export async function readSettings(
  options: Pick<OptionValues, 'set' | 'profile'>,
): Promise<{ readonly settings: PipelineSettings; readonly diagnostics: readonly Diagnostic[] }> {
  const set: { path: string; value: Json }[] = [];
  const diagnostics: Diagnostic[] = [];
  // The parser is loaded only where it is needed, since it would cost every other command its start.
  const parse = options.set.length > 0 ? (await import('yaml')).parse : undefined;
  for (const text of options.set) {
    const equals = text.indexOf('=');
    const path = text.slice(0, equals).trim();
    if (equals < 1 || !/^[^\s.=]+(\.[^\s.=]+)*$/.test(path)) {
      diagnostics.push(commandLineError(`--set '${text}' is not of the form NAME=VALUE`, '--set recipe.lr=1e-4'));
      continue;
    }
    try {
      set.push({ path, value: (parse?.(text.slice(equals + 1), { logLevel: 'error' }) ?? null) as Json });
    } catch (error) {
      const [reason = ''] = String((error as Error).message).split('\n');
      diagnostics.push(
        commandLineError(`the value of --set '${text}' is not YAML: ${reason}`, 'quote it for the shell'),
      );
    }
  }
  const profile = options.profile === undefined ? {} : { profile: options.profile };
  return { settings: { ...profile, set }, diagnostics };
}

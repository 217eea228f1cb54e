import { DiagnosticError } from '../model/diagnostic.ts';
import type { ClearedView } from '../model/ports.ts';
import type { Session } from './session.ts';

/** Empties artifacts/, which no run may be reading meanwhile. */
export async function clean({ store }: Pick<Session, 'store'>): Promise<ClearedView> {
  const [living] = await store.livingRuns();
  if (living === undefined) return store.clearView();
  const message = `run ${living} goes on, and reads what artifacts/ shows`;
  const hint = 'wait for its end, or stop it with Ctrl-C';
  throw new DiagnosticError([{ code: 'run-goes-on', severity: 'error', message, hint }]);
}

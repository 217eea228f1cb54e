import type { CommandDeclaration } from './declaration.ts';
import { accept } from './declarations/accept.ts';
import { audit } from './declarations/audit.ts';
import { cat } from './declarations/cat.ts';
import { clean } from './declarations/clean.ts';
import { completion } from './declarations/completion.ts';
import { diff } from './declarations/diff.ts';
import { doctor } from './declarations/doctor.ts';
import { exporting } from './declarations/export.ts';
import { gc } from './declarations/gc.ts';
import { get } from './declarations/get.ts';
import { lineage } from './declarations/lineage.ts';
import { log } from './declarations/log.ts';
import { plan } from './declarations/plan.ts';
import { receipt } from './declarations/receipt.ts';
import { restore } from './declarations/restore.ts';
import { run } from './declarations/run.ts';
import { runs } from './declarations/runs.ts';
import { status } from './declarations/status.ts';
import { tries } from './declarations/tries.ts';
import { ui } from './declarations/ui.ts';
import { verify } from './declarations/verify.ts';
import { why } from './declarations/why.ts';

/**
 * In the order in which the help shows them. A command is two files of one name: what it is called and takes in
 * declarations/, which is loaded whatever is asked for, and what it does here, which is loaded when it is asked for.
 */
export const commands: readonly CommandDeclaration[] = [
  run,
  plan,
  accept,
  why,
  lineage,
  get,
  runs,
  log,
  cat,
  diff,
  tries,
  restore,
  exporting,
  receipt,
  status,
  ui,
  verify,
  gc,
  audit,
  clean,
  doctor,
  completion,
];

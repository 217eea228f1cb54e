/** What each command writes to standard output with `--json`: one document, or of a run one a line. docs/schemas/ is made from this file. */

import type { Diagnostic } from './diagnostic.ts';
import type { RunEvent } from './event.ts';
import type { DoctorSection, LineageNode, StatusAnswer } from './inspection.ts';
import type { PlanAnswer, WhyAnswer } from './planning.ts';
import type { ClearedView } from './ports.ts';
import type { AcceptAnswer, GetAnswer } from './project.ts';
import type { DiffAnswer, LogEntry, PastRun, RowAnswer, TriesAnswer } from './provenance.ts';
import type { ReceiptCheck, SignedReceipt } from './receipt.ts';
import type { RestoreAnswer } from './restore.ts';
import type { AuditAnswer, GcAnswer, VerifyAnswer } from './upkeep.ts';

export interface CommandAnswers {
  /** One event a line, from `run-started` to `run-finished`, which carries the summary. */
  readonly run: RunEvent;
  readonly plan: PlanAnswer;
  readonly accept: AcceptAnswer;
  /** One for each task that was asked for, and for those that it waits for. */
  readonly why: readonly WhyAnswer[];
  /** The tree of an artifact, with `--down` of what was made from it; or the way of one row. */
  readonly lineage: LineageNode | RowAnswer;
  readonly get: GetAnswer;
  /** Newest first. */
  readonly runs: readonly PastRun[];
  /** Newest first. */
  readonly log: readonly LogEntry[];
  readonly cat: CatAnswer;
  readonly diff: DiffAnswer;
  readonly tries: TriesAnswer;
  readonly restore: RestoreAnswer;
  /** It is a run: one event a line. */
  readonly export: RunEvent;
  /** A receipt, or with `--check` what became of one. */
  readonly receipt: SignedReceipt | ReceiptCheck;
  readonly status: StatusAnswer;
  readonly ui: UiAddress;
  readonly verify: VerifyAnswer;
  readonly gc: GcAnswer;
  readonly audit: AuditAnswer;
  readonly clean: ClearedView;
  readonly doctor: readonly DoctorSection[];
  readonly completion: CompletionScript;
  /** What any command writes instead where the pipeline, its data or the command line is wrong; exit code 2. */
  readonly diagnostics: Refusal;
}

export interface CatAnswer {
  readonly artifact: string;
  readonly bytes: number;
  readonly base64: string;
}

export interface UiAddress {
  readonly url: string;
}

export interface CompletionScript {
  readonly shell: string;
  readonly script: string;
}

export interface Refusal {
  readonly kind: 'diagnostics';
  readonly diagnostics: readonly Diagnostic[];
}

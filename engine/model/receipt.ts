/** A proof of artifacts by data, code and parameters, which anybody can check without the store that it was written from. */
import type { Digest, RunId, StageName, TaskName } from './names.ts';
import type { ActionRecord, KeyMaterial } from './record.ts';

export interface Receipt {
  readonly form: 'flow receipt 1';
  readonly of: readonly {
    readonly task: TaskName;
    readonly out: string;
    readonly path: string;
    readonly digest: Digest;
  }[];
  /** Everything that went into them, each behind what it was made of. */
  readonly steps: readonly ReceiptStep[];
}

export interface ReceiptStep
  extends Pick<
    ActionRecord,
    'key' | 'inputs' | 'outputs' | 'startedAt' | 'seconds' | 'host' | 'deterministic' | 'accepted'
  > {
  readonly stage: StageName;
  readonly task: TaskName;
  readonly run: RunId;
  readonly material: KeyMaterial;
}

/** Over the canonical text of the receipt. */
export interface SignedReceipt extends Receipt {
  readonly signature?: {
    readonly algorithm: 'ed25519';
    /** PEM (SPKI). */
    readonly publicKey: string;
    /** Base64. */
    readonly value: string;
  };
}

export interface ReceiptCheck {
  /** Sentences; none where the receipt holds. */
  readonly faults: readonly string[];
  readonly steps: number;
  /** Sentences on what a person decided that keys do not tell: results that were kept, or accepted for other code. */
  readonly choices: readonly string[];
  readonly signature: 'valid' | 'wrong' | 'absent';
  readonly publicKey?: string;
  /** Artifacts and sources that lie here, and whether they are what the receipt says. */
  readonly files: readonly { readonly path: string; readonly state: 'same' | 'other' | 'absent' }[];
}

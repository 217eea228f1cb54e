/**
 * A stage's export as this room sees it. The contract, engine/stage.ts, is for those who write stages and not imported
 * here: what a bundle exports was typed against the contract of its own time and is looked at before it is believed.
 */
import type { z } from 'zod';
import type { Json, Matrix } from '../model/names.ts';
import type { ForeseenFault, PreparationListener, StageDeclaration } from '../model/stage-code.ts';

export interface StageExport {
  readonly kind: 'stage' | 'items';
  readonly params: z.ZodType;
  readonly inputs: Readonly<Record<string, StageDeclaration>>;
  readonly outputs: Readonly<Record<string, StageDeclaration>>;
  readonly takes?: readonly string[];
  readonly facts?: (request: { readonly threads: number }) => FactsAnswer | Promise<FactsAnswer>;
  readonly prepare?: (preparation: PreparationListener & { readonly signal: AbortSignal }) => Promise<void>;
  readonly report?: () => readonly string[] | Promise<readonly string[]>;
  readonly foresee?: (foresight: Foresight) => readonly ForeseenFault[];
  readonly run: unknown;
}

export interface Foresight {
  readonly params: Json;
  readonly matrix: Matrix;
  readonly facts: Json;
  readonly inputs: readonly string[];
  readonly items: Readonly<Record<string, readonly string[]>>;
}

export interface FactsAnswer {
  readonly facts: Readonly<Record<string, Json>>;
  readonly files: readonly string[];
}

/** A diagnostic without its place: one text may stand at many. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What a preparation is given: the ways to say how far it is, and the word that it is to stop. */
export interface Preparation {
  readonly progress: (report: Progress) => void;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly note?: string;
}

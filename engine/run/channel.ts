/** Events pushed by callbacks and read by one `for await`. Unbounded, since events are small and the reader is quick. */
export interface Channel<T> {
  readonly push: (value: T) => void;
  readonly close: () => void;
  /** The reader gets what was pushed before, then the error. */
  readonly fail: (error: unknown) => void;
  readonly [Symbol.asyncIterator]: () => AsyncIterator<T>;
}

export function createChannel<T>(): Channel<T> {
  let values: T[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  const stir = () => {
    wake?.();
    wake = undefined;
  };
  async function* read(): AsyncGenerator<T> {
    for (;;) {
      const batch = values;
      values = [];
      yield* batch;
      if (values.length > 0) continue;
      if (failure) throw failure.error;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    push: (value) => {
      values.push(value);
      stir();
    },
    close: () => {
      ended = true;
      stir();
    },
    fail: (error) => {
      failure = { error };
      stir();
    },
    [Symbol.asyncIterator]: read,
  };
}

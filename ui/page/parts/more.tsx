import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface MoreProps<T> {
  readonly all: readonly T[];
  /** How many are shown at first, and how many more at each press. */
  readonly step: number;
  readonly children: (shown: readonly T[]) => ComponentChildren;
}

/** A long list in steps: the first ones are what people look at. */
export function More<T>({ all, step, children }: MoreProps<T>) {
  const [amount, setAmount] = useState(step);
  return (
    <>
      {children(all.slice(0, amount))}
      {amount < all.length && (
        <p>
          <button type="button" onClick={() => setAmount(amount + step)}>
            Show {Math.min(step, all.length - amount)} more of {all.length}
          </button>
        </p>
      )}
    </>
  );
}

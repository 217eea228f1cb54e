/**
 * Reads for each element of a list, and gives the results in its order; so many of the next ones are being read while
 * one is worked on. Whoever leaves early leaves the others' results unread, be they failures.
 */
export async function* readAhead<T, R>(
  list: readonly T[],
  read: (each: T) => Promise<R>,
  ahead: number,
): AsyncGenerator<R, void, undefined> {
  const reading: Promise<R>[] = [];
  const begin = (each: T): void => {
    const result = read(each);
    // Whoever awaits it hears of it; nobody may.
    result.catch(() => {});
    reading.push(result);
  };
  for (const each of list.slice(0, ahead)) begin(each);
  for (const place of list.keys()) {
    const next = list[place + ahead];
    if (next !== undefined) begin(next);
    yield await (reading.shift() as Promise<R>);
  }
}

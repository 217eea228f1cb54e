/** What V8 has a function run through before it optimizes it, about a millisecond of work. */
const usualBudget = 66 * 1024;

/**
 * V8 compiles a function anew, optimized, once it has run for about a millisecond. A command that lives for a second or
 * two then spends a third of its processor time on compiling what is over before it pays: this makes V8 wait so many times
 * as long. Twice is enough for a quiet run of a thousand tasks, and one over many thousand files does not feel it; work of
 * many seconds does not feel six times. Not before the bundle is loaded: what V8 compiled under other settings it throws
 * away, and Node's own modules, compiled when Node was built, would cost a quiet run 20 ms.
 */
export async function compileLate(times: 2 | 6): Promise<void> {
  // Set by flow.mjs where the compiled code of the bundle is kept already; what this process would keep, no other would take.
  if (process.env.FLOW_COMPILED === undefined) return;
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString(`--interrupt-budget=${times * usualBudget}`);
}

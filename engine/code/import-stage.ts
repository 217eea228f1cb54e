/** Brings a bundle's default export into this process, whose end no module may bring about. */
import { pathToFileURL } from 'node:url';

const imported = new Map<string, Promise<unknown>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * Imports the very bundle that was hashed; a bundle of another digest has another path, so Node's cache never lies.
 *
 * One after the other: what is thrown outside of every promise is then known to come from the module at hand.
 */
export function importStage(bundle: string): Promise<unknown> {
  const known = imported.get(bundle);
  if (known) return known;
  const stage = last.then(() => importAlive(bundle));
  imported.set(bundle, stage);
  last = stage.catch(() => {});
  return stage;
}

/** Where the module would end the process, by whatever way, the import fails. */
async function importAlive(bundle: string): Promise<unknown> {
  const { exit } = process;
  let fail: (error: unknown) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const idle = () => fail(new Error('it waits at its top level for something that never comes'));
  process.exit = (code) => {
    throw new Error(`it calls process.exit(${code ?? ''})`);
  };
  process.on('uncaughtException', fail);
  process.on('beforeExit', idle);
  try {
    const namespace = await Promise.race([import(pathToFileURL(bundle).href), ended]);
    // A promise that was rejected unseen is told of when the event loop turns, and a timer of 0 before this one.
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 0)), ended]);
    return namespace.default;
  } finally {
    process.exit = exit;
    process.off('uncaughtException', fail);
    process.off('beforeExit', idle);
  }
}

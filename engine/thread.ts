import { Worker } from 'node:worker_threads';

/** From its source, a thread needs tsx once more: Node 20 gives it none of the loaders of the thread that starts it. */
export function startThread(url: URL): Worker {
  if (!url.pathname.endsWith('.ts')) return new Worker(url);
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const start = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(url.href)}); })`;
  return new Worker(start, { eval: true });
}

import type { DoctorSection } from '../model/inspection.ts';
import type { Session } from './session.ts';

type Line = DoctorSection['lines'][number];

/** What this machine offers, what the stages' libraries use of it, and what a better choice lacks. */
export async function doctor(session: Session): Promise<DoctorSection[]> {
  const { machine, code, graph, store } = session;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const gpus = machine.gpus === 0 ? 'no GPU' : `${machine.gpus} GPU`;
  const sections: DoctorSection[] = [
    {
      title: 'machine',
      lines: [
        { level: 'ok', text: `Node ${process.versions.node} on ${machine.architecture}` },
        { level: 'ok', text: `${machine.cores} cores, ${gigabytes(machine.memory)} of memory, ${gpus}` },
      ],
    },
    { title: 'store', lines: [{ level: 'ok', text: `.flow/ holds ${gigabytes(await store.bytes())}` }] },
  ];
  const threads = new Map<string, number>();
  for (const task of graph.tasks.values()) {
    if (task.action.kind === 'use') threads.set(task.action.module, task.resources.cpu);
  }
  const lines = new Map<string, Line>();
  for (const [module, loaded] of await code.load([...threads.keys()])) {
    if (!loaded.ok) {
      for (const { message } of loaded.diagnostics)
        lines.set(message, { level: 'problem', text: `${module}: ${message}` });
      continue;
    }
    const facts = await code.facts(loaded.code, threads.get(module) ?? 1);
    const text = Object.entries(facts).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
    if (text.length > 0) lines.set(text.join(), { level: 'ok', text: text.join(', ').replaceAll('"', '') });
    for (const line of loaded.code.hasReport ? await code.report(loaded.code) : [])
      lines.set(line, { level: 'note', text: line });
  }
  sections.push({ title: "stages' libraries", lines: [...lines.values()] });
  return sections;
}

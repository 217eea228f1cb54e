import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { editYaml, openProject, replaceText } from '../../../engine/engine.ts';
import { readBody } from '../read-body.ts';
import { json, Refusal, type Route } from '../request.ts';

interface Choice {
  /** The stage that chooses. */
  readonly stage: string;
  /** `folds@3`. */
  readonly members: readonly string[];
}

/** Writes a choice of models into pipeline.yaml, comments kept; a choice that the pipeline does not understand is taken back. */
export const choice: Route = {
  method: 'POST',
  pattern: '/api/choice',
  answer: async (request, desk) => {
    const asked = await readBody<Choice>(request.body, (z) =>
      z.strictObject({
        stage: z.string().min(1),
        members: z.array(z.string().regex(/^[\w-]+(@[^\s@]+)+$/)).min(1),
      }),
    );
    const before = readFileSync(desk.pipeline, 'utf8');
    const after = await withChoice(before, asked);
    replaceText(desk.pipeline, () => after);
    const project = await openProject({ root: desk.root, pipeline: basename(desk.pipeline), settings: { set: [] } });
    const faults = project.diagnostics.filter(({ severity }) => severity === 'error');
    await project.close();
    if (faults.length > 0) {
      replaceText(desk.pipeline, (now) => (now === after ? before : (now ?? before)));
      throw new Refusal(422, faults.map(({ message }) => message).join('\n'));
    }
    return json(asked);
  },
};

async function withChoice(text: string, { stage, members }: Choice): Promise<string> {
  const { isSeq, parseDocument } = await import('yaml');
  const list = ['stages', stage, 'in', 'logits'];
  const former = parseDocument(text).getIn(list);
  if (former === undefined) throw new Refusal(409, `Stage '${stage}' has no input 'logits' in this pipeline.`);
  const [first] = isSeq(former) ? former.items : [former];
  // `folds.logits`: the output's name stays what it was.
  const out = /\.([\w-]+)$/.exec(String(first))?.[1];
  const references = members.map((member) => (out === undefined ? member : `${member}.${out}`));
  const sizes = ['atLeast', 'atMost'].map((name) => ({ path: ['stages', stage, 'with', name], value: members.length }));
  return editYaml(text, [{ path: list, value: references }, ...sizes]);
}

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isSeq, parseDocument } from 'yaml';
import { z } from 'zod';
import { openProject } from '../../../engine/engine.ts';
import { replaceFile } from '../replace-file.ts';
import { json, Refusal, type Route } from '../request.ts';

const body = z.strictObject({
  /** The stage that chooses. */
  stage: z.string().min(1),
  /** `folds@3`. */
  members: z.array(z.string().regex(/^[\w-]+(@[^\s@]+)+$/)).min(1),
});

/** Writes a choice of models into pipeline.yaml, comments kept; a choice that the pipeline does not understand is taken back. */
export const choice: Route = {
  method: 'POST',
  pattern: '/api/choice',
  answer: async (request, desk) => {
    const asked = body.safeParse(request.body);
    if (!asked.success) throw new Refusal(400, z.prettifyError(asked.error));
    const before = readFileSync(desk.pipeline, 'utf8');
    const after = withChoice(before, asked.data);
    replaceFile(desk.pipeline, () => after);
    const project = await openProject({ root: desk.root, pipeline: basename(desk.pipeline), settings: { set: [] } });
    const faults = project.diagnostics.filter(({ severity }) => severity === 'error');
    await project.close();
    if (faults.length > 0) {
      replaceFile(desk.pipeline, (now) => (now === after ? before : (now ?? before)));
      throw new Refusal(422, faults.map(({ message }) => message).join('\n'));
    }
    return json({ stage: asked.data.stage, members: asked.data.members });
  },
};

export function withChoice(text: string, { stage, members }: z.infer<typeof body>): string {
  const document = parseDocument(text);
  const list = ['stages', stage, 'in', 'logits'];
  const former = document.getIn(list);
  if (former === undefined) throw new Refusal(409, `Stage '${stage}' has no input 'logits' in this pipeline.`);
  const [first] = isSeq(former) ? former.items : [former];
  // `folds.logits`: the output's name stays what it was.
  const out = /\.([\w-]+)$/.exec(String(first))?.[1];
  const references = members.map((member) => (out === undefined ? member : `${member}.${out}`));
  const node = document.createNode(references, { flow: true });
  if (isSeq(former) && former.comment) node.comment = former.comment;
  document.setIn(list, node);
  for (const name of ['atLeast', 'atMost']) document.setIn(['stages', stage, 'with', name], members.length);
  return document.toString({ lineWidth: 0 });
}

/** `npm run schemas` writes docs/schemas/ anew. */
import { writeFileSync } from 'node:fs';
import { describeAnswers } from './describe-answers.ts';

export const folder = new URL('../../docs/schemas/', import.meta.url);

for (const [name, schema] of describeAnswers()) {
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(schema, null, 2)}\n`);
}

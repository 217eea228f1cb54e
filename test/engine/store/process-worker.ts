/** A process of its own that works on a project's store; the tests kill it or let it wait. */
import { setTimeout as wait } from 'node:timers/promises';
import { createFiles } from '../../../engine/files/files.ts';
import type { RunId } from '../../../engine/model/names.ts';
import { createStore } from '../../../engine/store/store.ts';
import { emptyMaterial, itemNamed, keyNamed, recordNamed } from './project.ts';

const [root = '', run = '', work = '', ...rest] = process.argv.slice(2);
const files = createFiles({ root, cacheFolder: `${root}/.flow/cache/files` });
const store = createStore({ root, run: run as RunId, files });
const say = (line: string) => process.stdout.write(`${line}\n`);

switch (work) {
  case 'commit for ever':
    for (let count = 0; ; count++) {
      const records = [{ record: recordNamed(`${run} ${count}`, { seconds: count % 7 }), material: emptyMaterial }];
      await store.commit({ records, items: [itemNamed(`${run} item ${count}`)] });
      say(String(count));
    }
  case 'hold': {
    await store.claim(keyNamed(rest[0] ?? ''), new AbortController().signal);
    await store.attemptFolder(recordNamed('task').task);
    say('held');
    await wait(60_000);
    break;
  }
  case 'make each once': {
    // As the scheduler does: claim, look whether another made it, make it, commit, release.
    for (const name of rest) {
      const claim = await store.claim(keyNamed(name), new AbortController().signal);
      const known = await store.find([keyNamed(name)]);
      if (known.size === 0) {
        await wait(5);
        await store.commit({ records: [{ record: recordNamed(name), material: emptyMaterial }] });
        say(`made ${name}`);
      }
      await claim.release();
    }
    await store.close();
    break;
  }
  default:
    throw new Error(`no such work: ${work}`);
}

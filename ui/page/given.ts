/** What the server wrote into the page. */
import type { Given } from '../server/routes/page.ts';

export const given = JSON.parse(document.getElementById('given')?.textContent || '{ "at": 0 }') as Given;

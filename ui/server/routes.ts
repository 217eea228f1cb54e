import type { Route } from './request.ts';
import { choice } from './routes/choice.ts';
import { contents } from './routes/contents.ts';
import { corrected, corrections } from './routes/corrections.ts';
import { events } from './routes/events.ts';
import { file } from './routes/file.ts';
import { folders } from './routes/folders.ts';
import { input } from './routes/input.ts';
import { journal } from './routes/journal.ts';
import { log } from './routes/log.ts';
import { page } from './routes/page.ts';
import { pictures } from './routes/pictures.ts';
import { runs } from './routes/runs.ts';
import { states } from './routes/states.ts';
import { structure } from './routes/structure.ts';
import { table } from './routes/table.ts';
import { task } from './routes/task.ts';
import { thumbnail } from './routes/thumbnail.ts';
import { tries } from './routes/tries.ts';
import { value } from './routes/value.ts';
import { way } from './routes/way.ts';

export const routes: readonly Route[] = [
  structure,
  states,
  task,
  contents,
  folders,
  pictures,
  way,
  runs,
  journal,
  tries,
  log,
  value,
  table,
  input,
  events,
  corrected,
  corrections,
  choice,
  thumbnail,
  file,
  page,
];

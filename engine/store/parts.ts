import type { Manifest } from '../model/artifact.ts';
import type { Digest, RunId } from '../model/names.ts';
import type { Files, Store } from '../model/ports.ts';
import type { Layout } from './layout.ts';
import type { Lives } from './lives.ts';
import type { Objects } from './objects.ts';
import type { RecordIndex } from './record-index.ts';
import type { ViewBook } from './view-book.ts';

/** What those that look after the store share with it. */
export interface StoreParts {
  /** The project's folder, absolute. */
  readonly root: string;
  readonly layout: Layout;
  readonly run: RunId;
  readonly lives: Lives;
  readonly objects: Objects;
  readonly index: RecordIndex;
  readonly book: ViewBook;
  readonly files: Pick<Files, 'look'>;
  readonly readManifest: (digest: Digest) => Manifest | undefined;
  readonly commit: Store['commit'];
}

import type { AskedRows, TableFile } from '../tables.ts';
import { Message } from './message.tsx';

interface LackingProps {
  readonly file: TableFile | undefined;
  readonly asked: AskedRows;
  /** The file that the view is about, with its columns. */
  readonly wanted: string;
}

/** Why a view has no table to show; nothing where it has one. */
export function Lacking({ file, asked, wanted }: LackingProps) {
  if (file === undefined) return <Message text={`No stage of this pipeline writes a ${wanted}.`} />;
  if (asked.kind === 'absent') return <Message text={`Not made yet: \`flow run ${file.task}\` makes it.`} />;
  return asked.kind === 'refused' ? <Message text={asked.message} isProblem /> : null;
}

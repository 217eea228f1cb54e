import { useMemo, useState } from 'preact/hooks';
import type { TableAnswer } from '../../server/read-table.ts';
import { count } from '../amounts.ts';
import { tell, useAnswer } from '../api.ts';
import { Lacking } from '../parts/lacking.tsx';
import { Message } from '../parts/message.tsx';
import { More } from '../parts/more.tsx';
import { PhotoFigure } from '../parts/photo-figure.tsx';
import { type Pictures, usePictures } from '../pictures.ts';
import { tablesNamed, useRows, useTable } from '../tables.ts';
import type { ViewProps } from '../view.ts';

const kinds = [
  { kind: 'label', title: 'Labels that are probably wrong' },
  { kind: 'duplicates', title: 'Near duplicates with two labels' },
  { kind: 'turn', title: 'Photos on their side' },
] as const;

interface Decided {
  readonly label: string;
  readonly turn: string;
}

/** What a person may want to correct, with buttons that write the decision into corrections.csv. */
export function Proposals({ structure, live }: ViewProps) {
  const [file] = tablesNamed(structure, /(^|\/)proposals\.csv$/);
  const asked = useTable(file?.view, live.version);
  const [written, setWritten] = useState(0);
  const corrected = useRows(useAnswer<TableAnswer>('api/corrections', live.version + written));
  const pictures = usePictures(live.version);
  const [problem, setProblem] = useState<string>();
  const decided = useMemo(() => {
    const rows = corrected.kind === 'here' ? corrected.value.rows : [];
    return new Map(rows.map(({ photo = '', label = '', turn = '' }) => [photo.trim(), { label, turn }]));
  }, [corrected]);
  const rows = asked.kind === 'here' ? asked.value.rows : [];
  const decide = async (photo: string, decision: Decided) => {
    try {
      await tell('api/corrections', { photo, ...decision });
      setProblem(undefined);
      setWritten((amount) => amount + 1);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <section aria-labelledby="proposals-title">
      <h1 id="proposals-title">Proposals</h1>
      <Lacking file={file} asked={asked} wanted="proposals.csv (photo, label, turn, kind, now, reason)" />
      {problem && <Message text={problem} isProblem />}
      {asked.kind === 'here' && (
        <p>
          {count(rows.length, 'photo')} that you may want to look at. A button writes your decision into corrections.csv
          and changes nothing else; <code>flow run</code> makes what follows from it.
        </p>
      )}
      {kinds.map(({ kind, title }) => {
        const some = rows.filter((row) => row.kind === kind);
        return some.length === 0 ? null : (
          <section key={kind} aria-labelledby={`${kind}-title`}>
            <h2 id={`${kind}-title`}>
              {title} ({some.length})
            </h2>
            <More all={some} step={30}>
              {(shown) => (
                <div class="proposals">
                  {shown.map((row) => (
                    <ProposalRow
                      key={row.photo}
                      row={row}
                      pictures={pictures}
                      decided={decided.get(row.photo ?? '')}
                      decide={(decision) => decide(row.photo ?? '', decision)}
                    />
                  ))}
                </div>
              )}
            </More>
          </section>
        );
      })}
    </section>
  );
}

interface ProposalRowProps {
  readonly row: Readonly<Record<string, string>>;
  readonly pictures: Pictures;
  readonly decided: Decided | undefined;
  readonly decide: (decision: Decided) => void;
}

function ProposalRow({ row, pictures, decided, decide }: ProposalRowProps) {
  const { photo = '', label = '', turn = '', kind = '', now = '', reason = '' } = row;
  const isTurn = kind === 'turn';
  const answer = isTurn ? decided?.turn : decided?.label;
  const choices = isTurn
    ? [
        { words: `Turn by ${turn}°`, label: '', turn },
        { words: 'It is upright', label: '', turn: now },
      ]
    : [
        ...(label === now ? [] : [{ words: `It is ${label}`, label, turn: '' }]),
        { words: `It stays ${now}`, label: now, turn: '' },
        { words: 'Leave it out', label: 'drop', turn: '' },
      ];
  return (
    <section class="row proposal" aria-label={`Proposal for ${photo}`}>
      <PhotoFigure photo={photo} pictures={pictures} {...(isTurn ? { turn: Number(now) } : {})} />
      {isTurn && <PhotoFigure photo={photo} pictures={pictures} turn={Number(turn)} words={`turned by ${turn}°`} />}
      <div>
        <p>
          {isTurn ? 'Does it lie on its side?' : `Filed as ${now}.`} <span class="quiet">{reason}</span>
        </p>
        <p class="choices">
          {choices.map(({ words, ...choice }) => (
            <button
              key={words}
              type="button"
              aria-label={`${words}: ${photo}`}
              aria-pressed={answer === (isTurn ? choice.turn : choice.label)}
              onClick={() => decide(choice)}
            >
              {words}
            </button>
          ))}
        </p>
        {answer && (
          <p class="quiet" role="status">
            corrections.csv says {isTurn ? `turned by ${answer}°` : answer}.
          </p>
        )}
      </div>
    </section>
  );
}

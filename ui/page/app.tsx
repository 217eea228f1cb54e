import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Asked, useAnswer } from './api.ts';
import { given } from './given.ts';
import { useLive } from './live.ts';
import { Message } from './parts/message.tsx';
import { RunLine } from './parts/run-line.tsx';
import { linkTo, usePlace } from './place.ts';
import type { States } from './states.ts';
import type { Structure, ViewProps } from './view.ts';
import { Pipeline } from './views/pipeline.tsx';

interface ViewEntry {
  readonly title: string;
  /** Whether it stands in the row of links. */
  readonly isListed: boolean;
  /** Whether it shows how tasks stand, which takes a plan of the whole pipeline. */
  readonly showsStates?: true;
  /** What most people see first is there from the start. */
  readonly view?: ComponentType<ViewProps>;
  /** Loads what is not there yet when it is looked at. */
  readonly load?: () => Promise<ComponentType<ViewProps>>;
}

const views: Readonly<Record<string, ViewEntry>> = {
  pipeline: { title: 'Pipeline', isListed: true, showsStates: true, view: Pipeline },
  task: {
    title: 'Task',
    isListed: false,
    showsStates: true,
    load: async () => (await import('./views/task.tsx')).Task,
  },
  timeline: { title: 'Timeline', isListed: true, load: async () => (await import('./views/timeline.tsx')).Timeline },
  tries: { title: 'Tries', isListed: true, load: async () => (await import('./views/tries.tsx')).Tries },
  predictions: {
    title: 'Predictions',
    isListed: true,
    load: async () => (await import('./views/predictions.tsx')).Predictions,
  },
  ensemble: { title: 'Ensemble', isListed: true, load: async () => (await import('./views/ensemble.tsx')).Ensemble },
  duplicates: {
    title: 'Duplicates',
    isListed: true,
    load: async () => (await import('./views/duplicates.tsx')).Duplicates,
  },
  pasted: { title: 'Pasted', isListed: true, load: async () => (await import('./views/pasted.tsx')).Pasted },
  proposals: {
    title: 'Proposals',
    isListed: true,
    load: async () => (await import('./views/proposals.tsx')).Proposals,
  },
  photo: { title: 'One photo', isListed: true, load: async () => (await import('./views/photo.tsx')).Photo },
  photos: { title: 'Photos', isListed: true, load: async () => (await import('./views/photos.tsx')).Photos },
};

export function App() {
  const place = usePlace();
  const live = useLive();
  const structure = useAnswer<Structure>('api/structure', live.version, given.structure);
  const entry = views[place.view];
  const asksForStates = useRef(false);
  asksForStates.current ||= entry?.showsStates === true;
  const states = useAnswer<States>(asksForStates.current ? 'api/states' : undefined, live.version);
  const View = useView(place.view);
  const title = entry ? entry.title : 'Not here';
  useEffect(() => {
    document.title = `${place.what || title} · flow`;
  }, [place.what, title]);
  return (
    <>
      <button class="skip" type="button" onClick={focusMain}>
        Skip to the content
      </button>
      <header>
        <nav aria-label="Views">
          <a class="name" href={linkTo('pipeline')}>
            {structure.kind === 'here' ? structure.value.project : 'flow'}
          </a>
          {Object.entries(views)
            .filter(([, { isListed }]) => isListed)
            .map(([name, { title }]) => (
              <a key={name} href={linkTo(name)} aria-current={name === place.view ? 'page' : undefined}>
                {title}
              </a>
            ))}
        </nav>
        <RunLine live={live} />
      </header>
      <main id="main" tabIndex={-1}>
        {entry === undefined ? <Message text={`There is no view '${place.view}'.`} /> : null}
        <Problem asked={structure} />
        {structure.kind === 'here' && <Problem asked={states} />}
        {structure.kind === 'here' && View && (
          <View
            key={`${place.view}/${place.what}`}
            what={place.what}
            structure={structure.value}
            states={states.kind === 'here' ? states.value : undefined}
            live={live}
          />
        )}
      </main>
    </>
  );
}

function Problem({ asked }: { readonly asked: Asked<unknown> }) {
  return asked.kind === 'refused' ? <Message text={asked.message} isProblem /> : null;
}

function focusMain() {
  document.getElementById('main')?.focus();
}

function useView(name: string): ComponentType<ViewProps> | undefined {
  const [loaded, setLoaded] = useState<{ readonly name: string; readonly view: ComponentType<ViewProps> }>();
  useEffect(() => {
    views[name]?.load?.().then((view) => setLoaded({ name, view }));
  }, [name]);
  return views[name]?.view ?? (loaded?.name === name ? loaded.view : undefined);
}

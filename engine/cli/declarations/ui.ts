import { type CommandDeclaration, settings } from '../declaration.ts';

export const ui: CommandDeclaration = {
  name: 'ui',
  summary: 'open the page: graph, tasks, photos and runs, live',
  arguments: '',
  counts: [0, 0],
  options: [
    ...settings,
    { name: 'port', value: 'N', help: 'the port to listen on, instead of a free one', count: true },
  ],
  examples: [
    ['flow ui', 'prints the address to open in a browser'],
    ['flow ui --port 8080', 'for a tunnel: ssh -L 8080:127.0.0.1:8080 workstation'],
  ],
  load: () => import('../ui.ts'),
};

import { type CommandDeclaration, settings } from '../declaration.ts';

export const gc: CommandDeclaration = {
  name: 'gc',
  summary: 'make room in .flow/; what artifacts/ shows stays',
  arguments: '',
  counts: [0, 0],
  options: [
    ...settings,
    { name: 'max-size', value: 'SIZE', help: 'drop results that are cheap to make again until .flow/ is this small' },
    { name: 'dry-run', help: 'only say what would go' },
  ],
  examples: [
    ['flow gc', 'drop what nothing needs'],
    ['flow gc --max-size 20GB', 'and what costs least to make again for each byte'],
    ['flow gc --max-size 20GB --dry-run', 'say what that would be'],
  ],
  load: () => import('../gc.ts'),
};

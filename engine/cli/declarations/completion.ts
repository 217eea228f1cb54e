import type { CommandDeclaration } from '../declaration.ts';

export const completion: CommandDeclaration = {
  name: 'completion',
  summary: 'print a script by which a shell completes commands, stages and artifacts',
  arguments: 'SHELL',
  counts: [1, 1],
  completes: ['bash', 'zsh', 'fish'],
  options: [],
  examples: [
    ['flow completion bash', 'in ~/.bashrc: eval "$(flow completion bash)"'],
    ['flow completion zsh', 'in ~/.zshrc, behind compinit: eval "$(flow completion zsh)"'],
    ['flow completion fish', 'in config.fish: flow completion fish | source'],
  ],
  load: () => import('../completion.ts'),
};

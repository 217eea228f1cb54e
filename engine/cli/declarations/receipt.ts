import { type CommandDeclaration, settings } from '../declaration.ts';

export const receipt: CommandDeclaration = {
  name: 'receipt',
  summary: 'prove artifacts by data, code and parameters, or check such a proof',
  arguments: '[STAGE]',
  counts: [0, 1],
  completes: 'tasks',
  options: [
    ...settings,
    { name: 'check', value: 'FILE', help: 'check a receipt; needs neither a pipeline nor a store' },
    { name: 'key', value: 'FILE', help: 'sign with this Ed25519 key (PEM); with --check: the signer has to have it' },
  ],
  examples: [
    ['flow receipt predict', 'as JSON on standard output'],
    ['flow receipt predict --key key.pem', 'signed'],
    ['flow receipt --check receipt.json', 'on any machine'],
  ],
  load: () => import('../receipt.ts'),
};

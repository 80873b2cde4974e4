import type { ProofWord } from './words.zh'

export const en: Readonly<Record<ProofWord, string>> = {
  'proof.title': 'Proof of time',
  'proof.show': 'Show time code',
  'proof.show_again': 'Show another',
  'proof.why': 'Ask the applicant to read the six digits out: the recording is not older than this moment.',
  'proof.heard': 'Heard it spoken',
  'proof.spoken': 'spoken at {time}',
  'proof.none': 'No time code spoken yet',
  'proof.never': 'No time code was verified',
  'proof.conclude': 'No time code was verified. You may conclude; the record will say so.',
  'proof.checkpoint': 'Checkpoint {number}, {time}',
  'proof.checkpoint_none': 'No checkpoint yet; within half a minute',
  'proof.behind': 'Later entries wait for the next checkpoint',
  'proof.token': '{label}: {state}',
  'proof.token_at': '{label}: {time}',
  'proof.local': 'This machine’s own stamp proves no outside time',
  'proof.root': '{label}, fingerprint {head}…',
}

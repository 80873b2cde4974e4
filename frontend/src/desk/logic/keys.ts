// One table for the keys of the call workspace: the same list feeds the handler and the help dialog.
export type Result = 'CONFORMING' | 'NON_CONFORMING' | 'NOT_APPLICABLE' | 'UNDETERMINED'

export type Command =
  | { kind: 'next' }
  | { kind: 'previous' }
  | { kind: 'result'; result: Result }
  | { kind: 'still' }
  | { kind: 'torch' }
  | { kind: 'note' }
  | { kind: 'phrases' }
  | { kind: 'help' }

export const RESULT_ORDER: readonly Result[] = [
  'CONFORMING',
  'NON_CONFORMING',
  'NOT_APPLICABLE',
  'UNDETERMINED',
]

const FIXED: Readonly<Record<string, Command>> = {
  j: { kind: 'next' },
  arrowdown: { kind: 'next' },
  k: { kind: 'previous' },
  arrowup: { kind: 'previous' },
  p: { kind: 'still' },
  l: { kind: 'torch' },
  n: { kind: 'note' },
  '/': { kind: 'phrases' },
  '？': { kind: 'help' },
  '?': { kind: 'help' },
}

// Held down, these would fire again and again: a second still or a torch that flickers helps nobody.
const REPEATABLE: ReadonlySet<Command['kind']> = new Set(['next', 'previous'])

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  repeat: boolean
  isComposing: boolean
  target: EventTarget | null
}

export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  return target.closest('input:not([type=radio]):not([type=checkbox]), textarea, select') !== null
}

/** The command of a key press, or null when the press belongs to somebody else (text, a chord, an input method). */
export function commandFor(press: KeyPress): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return null
  if (takesText(press.target)) return null
  const key = press.key.toLowerCase()
  const digit = ['1', '2', '3', '4'].indexOf(key)
  const result = digit >= 0 ? RESULT_ORDER[digit] : undefined
  const command: Command | undefined = result ? { kind: 'result', result } : FIXED[key]
  if (!command) return null
  if (press.repeat && !REPEATABLE.has(command.kind)) return null
  if (inRadioGroup(press.target) && key.startsWith('arrow')) return null
  return command
}

/** Arrow keys inside a group of radio buttons move the choice, as everywhere else in the browser. */
function inRadioGroup(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=radiogroup], [role=tablist], video') !== null
}

import { describe, expect, it } from 'vitest'
import { commandFor, type KeyPress } from '@/desk/logic/keys'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  isComposing: false,
  target: document.body,
  ...more,
})

describe('keys of the call workspace', () => {
  it('gives the four results on 1 to 4', () => {
    const results = ['1', '2', '3', '4'].map((key) => commandFor(press(key)))
    expect(results.map((command) => command?.kind === 'result' && command.result)).toEqual([
      'CONFORMING',
      'NON_CONFORMING',
      'NOT_APPLICABLE',
      'UNDETERMINED',
    ])
  })

  it('moves with J and K whatever the shift state', () => {
    expect(commandFor(press('J'))?.kind).toBe('next')
    expect(commandFor(press('k'))?.kind).toBe('previous')
  })

  it('leaves text alone, also while an input method composes', () => {
    const note = document.createElement('textarea')
    expect(commandFor(press('1', { target: note }))).toBeNull()
    expect(commandFor(press('p', { isComposing: true }))).toBeNull()
  })

  it('leaves chords of the browser alone', () => {
    expect(commandFor(press('p', { ctrlKey: true }))).toBeNull()
    expect(commandFor(press('l', { metaKey: true }))).toBeNull()
  })

  it('takes one still from a key held down, but keeps moving', () => {
    expect(commandFor(press('p', { repeat: true }))).toBeNull()
    expect(commandFor(press('j', { repeat: true }))?.kind).toBe('next')
  })

  it('opens help with the Chinese question mark as well', () => {
    expect(commandFor(press('?'))?.kind).toBe('help')
    expect(commandFor(press('？'))?.kind).toBe('help')
  })

  it('still judges by number when the focus stands on a result button', () => {
    const radio = document.createElement('input')
    radio.type = 'radio'
    expect(commandFor(press('2', { target: radio }))?.kind).toBe('result')
  })
})

const MARK = '†'

/** Whether a figure in the text is marked as the bureau's own, which may differ from place to place. */
export function isLocal(text: string): boolean {
  return text.includes(MARK)
}

export function withoutMark(text: string): string {
  return text.replaceAll(MARK, '')
}

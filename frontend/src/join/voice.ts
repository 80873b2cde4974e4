import { ref } from 'vue'
import type { JoinState } from '@/api/types'
import { t } from '@/i18n'

export const canRead = 'speechSynthesis' in globalThis
export const reading = ref(false)

/** The outcome and every result, line by line. */
export function resultLines(state: JoinState): string[] {
  const titles = new Map(state.template?.items.map((item) => [item.code, item.title]))
  return [
    `${t('result_title')}：${state.outcome?.label ?? ''}。${state.outcome?.reason ?? ''}`,
    ...state.findings.map((finding) => `${titles.get(finding.item) ?? finding.item}：${finding.result_label}。${finding.note}`),
  ]
}

/** Reads the lines out, for those who read with difficulty. */
export function readAloud(lines: readonly string[]): void {
  stopReading()
  lines.forEach((line, index) => {
    const speech = new SpeechSynthesisUtterance(line)
    speech.lang = 'zh-CN'
    speech.rate = 0.9
    if (index === lines.length - 1) speech.onend = () => (reading.value = false)
    speechSynthesis.speak(speech)
  })
  reading.value = true
}

export function stopReading(): void {
  if (canRead) speechSynthesis.cancel()
  reading.value = false
}

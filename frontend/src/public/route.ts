// Two screens of one bureau: /p/{code}/ and /p/{code}/apply/. The address says which, so that both can be shared.
import { ref } from 'vue'

export type Screen = 'roster' | 'apply'

export interface Where {
  code: string
  screen: Screen
}

export function whereOf(path: string): Where {
  const [, , code = '', rest = ''] = path.split('/')
  return { code: decodeURIComponent(code), screen: rest === 'apply' ? 'apply' : 'roster' }
}

export const where = ref<Where>(whereOf(location.pathname))
addEventListener('popstate', () => (where.value = whereOf(location.pathname)))

export function pathOf(screen: Screen): string {
  return `/p/${encodeURIComponent(where.value.code)}/${screen === 'apply' ? 'apply/' : ''}${location.search}`
}

export function go(screen: Screen): void {
  history.pushState(null, '', pathOf(screen))
  where.value = { ...where.value, screen }
}

import { computed, ref } from 'vue'

/** Which page is open; kept in the fragment, so that the phone's back button works and a reload stays. */
export type Page = { name: 'day' } | { name: 'me' } | { name: 'visit'; order: string } | { name: 'unsent' } | { name: 'sign'; order: string; paper: string }

const hash = ref(location.hash)
addEventListener('hashchange', () => {
  hash.value = location.hash
  scrollTo(0, 0)
})

export function pageOf(fragment: string): Page {
  const [name, order, paper] = fragment.replace(/^#\/?/, '').split('/').map(decodeURIComponent)
  if (name === 'visit' && order) return { name, order }
  if (name === 'sign' && order && paper) return { name, order, paper }
  return name === 'unsent' || name === 'me' ? { name } : { name: 'day' }
}

export const page = computed(() => pageOf(hash.value))

export function hrefOf(to: Page): string {
  const rest = to.name === 'visit' ? [to.order] : to.name === 'sign' ? [to.order, to.paper] : []
  return `#/${[to.name, ...rest].map(encodeURIComponent).join('/')}`
}

export function go(to: Page): void {
  location.hash = hrefOf(to)
}

import { onBeforeUnmount, ref, type Ref } from 'vue'

/** Now in milliseconds by the server's clock, ticking; `serverNow` of an answer sets the difference. */
let difference = 0

export function setServerNow(iso: string): void {
  difference = Date.parse(iso) - Date.now()
}

export const serverNow = () => Date.now() + difference

export function useNow(every = 1000): Ref<number> {
  const now = ref(serverNow())
  const timer = setInterval(() => (now.value = serverNow()), every)
  onBeforeUnmount(() => clearInterval(timer))
  return now
}

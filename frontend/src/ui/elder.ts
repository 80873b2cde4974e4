import { ref } from 'vue'

const KEY = 'elder-mode'

/** Large text and large targets, remembered on this device. */
export const elder = ref(false)

export function startElderMode(): void {
  set(localStorage.getItem(KEY) === 'on')
}

export function toggleElder(): void {
  set(!elder.value)
  localStorage.setItem(KEY, elder.value ? 'on' : 'off')
}

function set(on: boolean): void {
  elder.value = on
  document.documentElement.classList.toggle('elder', on)
}

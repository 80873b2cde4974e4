import { onBeforeUnmount, onMounted } from 'vue'
import { commandFor, type Command } from '../logic/keys'

/** Hands the commands of key presses on, except while a dialog is open. */
export function useKeys(run: (command: Command) => void): void {
  function listen(event: KeyboardEvent): void {
    if (document.querySelector('.el-overlay-dialog:not([style*="display: none"])')?.checkVisibility?.()) return
    const command = commandFor(event)
    if (!command) return
    event.preventDefault()
    run(command)
  }
  onMounted(() => window.addEventListener('keydown', listen))
  onBeforeUnmount(() => window.removeEventListener('keydown', listen))
}

// The check page comes finished from the server; here only what must happen on the visitor's own device.
import 'vite/modulepreload-polyfill'
import { sha256Hex } from '@/capture/digest'
import { answerFor, rootAnswer, type Registered } from './answers'
import './check.css'

function show(selector: string, said: { good: boolean | null; text: string }): void {
  const place = document.querySelector<HTMLElement>(selector)
  if (!place) return
  place.className = said.good === null ? 'is-open' : said.good ? 'is-good' : 'is-bad'
  place.textContent = said.text
}

const registered: Registered[] = Array.from(document.querySelectorAll<HTMLElement>('[data-digest]'), (one) => ({
  digest: one.dataset.digest ?? '',
  label: one.dataset.label ?? '',
  caveat: one.dataset.caveat ?? '',
}))

const said = rootAnswer(location.hash.slice(1), document.querySelector<HTMLElement>('[data-root]')?.dataset.root ?? '')
if (said) show('#check-root', said)

document.querySelector<HTMLInputElement>('#check-file')?.addEventListener('change', (event) => {
  const file = (event.target as HTMLInputElement).files?.[0]
  if (!file) return
  if (!globalThis.crypto?.subtle) {
    show('#check-answer', { good: null, text: '这个浏览器或连接不能计算指纹。请用 https 打开本页，或用 sha256sum 计算后与上面比较。' })
    return
  }
  show('#check-answer', { good: null, text: '正在计算…' })
  sha256Hex(file).then(
    (digest) => show('#check-answer', answerFor(digest, registered)),
    () => show('#check-answer', { good: null, text: '文件读不出来，请重新选择。' }),
  )
})

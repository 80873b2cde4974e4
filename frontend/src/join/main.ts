import 'vite/modulepreload-polyfill'
import '@/ui/tokens.css'
import '@/ui/base.css'
import '@/ui/phone.css'
import './join.css'
import './call.css'
import { createApp } from 'vue'
import { translator } from '@/i18n'
import { chooseLanguage } from '@/i18n/translate'
import { startElderMode } from '@/ui/elder'
import App from './App.vue'
import { openLink } from './session'

startElderMode()
const language = chooseLanguage(location.search, navigator.languages)
void translator.use(language).then(() => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  createApp(App).mount('#app')
  void openLink()
  // A newer link tapped while this page is open changes the fragment only: the page does not load again.
  addEventListener('hashchange', () => {
    if (location.hash.length > 1) location.reload()
  })
})

import 'vite/modulepreload-polyfill'
import '@/ui/tokens.css'
import '@/ui/base.css'
import '@/ui/phone.css'
import './public.css'
import { createApp } from 'vue'
import { chooseLanguage } from '@/i18n/translate'
import { startElderMode } from '@/ui/elder'
import App from './App.vue'
import { translator } from './words'

startElderMode()
const language = chooseLanguage(location.search, navigator.languages)
void translator.use(language).then(() => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  createApp(App).mount('#app')
})

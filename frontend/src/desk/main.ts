import 'vite/modulepreload-polyfill'
import '@/ui/tokens.css'
import '@/ui/base.css'
import './desk.css'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { language, setLanguage } from './words'

document.documentElement.classList.add('desk')
setLanguage(language.value)
createApp(App).use(router).mount('#app')

import 'vite/modulepreload-polyfill'
import '@/ui/tokens.css'
import '@/ui/base.css'
import { createApp } from 'vue'
import App from './App.vue'
import { useKit } from './kit'
import { router } from './router'
import { language, setLanguage } from './words'
import './desk.css'

document.documentElement.classList.add('desk')
setLanguage(language.value)
const app = createApp(App)
useKit(app)
app.use(router).mount('#app')

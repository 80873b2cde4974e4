import 'vite/modulepreload-polyfill'
import '@/ui/tokens.css'
import '@/ui/base.css'
import { createApp } from 'vue'
import App from './App.vue'

createApp(App).mount('#app')

import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  base: '/static/',
  publicDir: 'public',
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  plugins: [vue()],
  build: {
    outDir: 'dist',
    manifest: 'manifest.json',
    target: ['es2020', 'chrome87', 'safari14'],
    cssTarget: ['chrome87', 'safari14'],
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: ['src/join/main.ts', 'src/desk/main.ts', 'src/field/main.ts', 'src/field/offline/worker.ts', 'src/public/main.ts', 'src/diag/main.ts', 'src/check/main.ts', 'src/ui/pages.css'],
    },
  },
  server: { port: 5173, strictPort: true, cors: true },
})

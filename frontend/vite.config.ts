import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vite'

export default defineConfig({
  base: '/static/',
  publicDir: 'public',
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  plugins: [
    vue(),
    // Only the desk takes its components from a kit by name; the phone pages have their own small ones.
    Components({
      dts: false,
      dirs: [],
      include: [/src[\\/]desk[\\/].*\.vue$/],
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
  ],
  build: {
    outDir: 'dist',
    manifest: 'manifest.json',
    target: ['es2020', 'chrome87', 'safari14'],
    cssTarget: ['chrome87', 'safari14'],
    assetsInlineLimit: 0,
    rolldownOptions: { input: ['src/join/main.ts', 'src/desk/main.ts', 'src/diag/main.ts', 'src/ui/pages.css'] },
  },
  server: { port: 5173, strictPort: true, cors: true },
})

// The few components taken from the kit, registered once; each brings its own style and nothing else of the kit.
import type { App } from 'vue'
import { ElButton } from 'element-plus/es/components/button/index.mjs'
import { ElConfigProvider } from 'element-plus/es/components/config-provider/index.mjs'
import { ElDialog } from 'element-plus/es/components/dialog/index.mjs'
import { ElInputNumber } from 'element-plus/es/components/input-number/index.mjs'
import { ElSkeleton } from 'element-plus/es/components/skeleton/index.mjs'
import 'element-plus/es/components/button/style/css'
import 'element-plus/es/components/dialog/style/css'
import 'element-plus/es/components/input-number/style/css'
import 'element-plus/es/components/skeleton/style/css'

declare module 'vue' {
  interface GlobalComponents {
    ElButton: typeof ElButton
    ElDialog: typeof ElDialog
    ElInputNumber: typeof ElInputNumber
    ElSkeleton: typeof ElSkeleton
  }
}

export function useKit(app: App): void {
  app.component('ElButton', ElButton)
  app.component('ElConfigProvider', ElConfigProvider)
  app.component('ElDialog', ElDialog)
  app.component('ElInputNumber', ElInputNumber)
  app.component('ElSkeleton', ElSkeleton)
}

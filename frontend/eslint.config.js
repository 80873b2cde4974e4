import js from '@eslint/js'
import globals from 'globals'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

// The storeys of the frontend: api, call, capture, domain and signing know no screen; join, field, desk and public know not each other.
const kits = ['vue', 'vue-router', 'vant', 'vant/*', 'element-plus', 'element-plus/*', '*.vue']
const closed = (...areas) => ({
  patterns: [{ group: areas.flatMap((area) => (area.startsWith('@/') ? [area, `${area}/*`, `${area}/**`] : [area])), message: 'This import crosses a storey (docs/ARCHITECTURE.md).' }],
})
const edge = (folder, ...areas) => ({
  files: [`src/${folder}/**/*.{ts,vue}`],
  rules: { 'no-restricted-imports': ['error', closed(...areas)] },
})
const screens = ['@/ui', '@/join', '@/desk', '@/field', '@/public', '@/i18n']

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/**/*.gen.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: tseslint.parser } },
  },
  { files: ['*.js', '*.ts', 'scripts/**'], languageOptions: { globals: globals.node } },
  {
    rules: {
      'no-undef': 'off',
      'no-console': 'error',
      'max-lines': ['error', 400],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
      'vue/no-static-inline-styles': 'error',
    },
  },
  { files: ['scripts/**'], rules: { 'no-console': 'off' } },
  edge('domain', ...kits, ...screens, '@/api', '@/call', '@/capture'),
  edge('api', ...kits, ...screens, '@/call', '@/capture'),
  edge('call', ...kits, ...screens, '@/capture'),
  edge('capture', ...kits, ...screens, '@/call'),
  edge('signing', ...kits, ...screens, '@/call'),
  edge('ui', '@/join', '@/desk', '@/field', '@/public', '@/call', '@/capture'),
  edge('join', '@/desk', '@/field', '@/public', 'element-plus', 'element-plus/*'),
  edge('field', '@/join', '@/desk', '@/public', 'element-plus', 'element-plus/*'),
  edge('desk', '@/join', '@/field', '@/public', 'vant', 'vant/*'),
  edge('public', '@/join', '@/desk', '@/field', '@/call', '@/capture', 'element-plus', 'element-plus/*'),
)

// A citizen's first load over a weak 4G line: what the page needs before anything is on the screen, compressed.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMITS = { js: 90 * 1024, css: 40 * 1024 }
const ENTRIES = ['src/join/main.ts', 'src/public/main.ts']
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'))

function firstLoad(key, files = new Set(), seen = new Set()) {
  if (seen.has(key)) return files
  seen.add(key)
  const chunk = manifest[key]
  if (!chunk) throw new Error(`${key} is not in the manifest: run the build first`)
  files.add(chunk.file)
  for (const sheet of chunk.css ?? []) files.add(sheet)
  for (const next of chunk.imports ?? []) firstLoad(next, files, seen)
  return files
}

function weigh(entry) {
  const sizes = { js: 0, css: 0 }
  console.log(entry)
  for (const file of firstLoad(entry)) {
    const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length
    sizes[file.endsWith('.css') ? 'css' : 'js'] += size
    console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${file}`)
  }
  return sizes
}

let over = false
for (const entry of ENTRIES) {
  const sizes = weigh(entry)
  for (const kind of ['js', 'css']) {
    const verdict = sizes[kind] > LIMITS[kind] ? 'OVER' : 'ok'
    over ||= verdict === 'OVER'
    console.log(`${kind.padEnd(3)} ${(sizes[kind] / 1024).toFixed(1)} KB of ${LIMITS[kind] / 1024} KB gzip: ${verdict}`)
  }
}
process.exit(over ? 1 : 0)

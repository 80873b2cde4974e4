import 'vite/modulepreload-polyfill'
import { ApiClient } from '@/api/client'
import { JoinApi } from '@/api/join'
import { isRefusal } from '@/api/refusal'
import { CameraOwner, CameraRefused, measureUpload } from '@/call'

type Verdict = 'good' | 'bad' | 'plain'
interface Row {
  name: string
  value: string
  verdict: Verdict
}

const rows: Row[] = []
const table = document.querySelector<HTMLTableSectionElement>('#diag-rows')

function say(name: string, value: string, verdict: Verdict = 'plain'): void {
  rows.push({ name, value, verdict })
  const line = document.createElement('tr')
  const head = document.createElement('th')
  head.scope = 'row'
  head.textContent = name
  const cell = document.createElement('td')
  cell.textContent = `${verdict === 'good' ? '✓ ' : verdict === 'bad' ? '✗ ' : ''}${value}`
  if (verdict !== 'plain') cell.className = `is-${verdict}`
  line.append(head, cell)
  table?.append(line)
}

function yes(name: string, ok: boolean, whenNot = '不支持'): void {
  say(name, ok ? '支持' : whenNot, ok ? 'good' : 'bad')
}

function browser(): void {
  say('浏览器', navigator.userAgent)
  say('屏幕', `${screen.width}×${screen.height}，${devicePixelRatio} 倍`)
  yes('安全连接（https）', isSecureContext, '不是安全连接，浏览器不给摄像头')
  yes('摄像头接口', 'mediaDevices' in navigator && 'getUserMedia' in navigator.mediaDevices)
  yes('视频通话接口', 'RTCPeerConnection' in window)
  const codecs = 'RTCRtpSender' in window ? (RTCRtpSender.getCapabilities('video')?.codecs ?? []) : []
  const names = [...new Set(codecs.map((codec) => codec.mimeType.replace('video/', '')))]
  say('视频编码', names.join(' ') || '无', names.includes('VP8') ? 'good' : 'bad')
  yes('原图拍照', 'ImageCapture' in window, '不支持，改用画面截取')
  yes('防止息屏', 'wakeLock' in navigator, '不支持，勘验时请不要锁屏')
  yes('照片暂存', 'indexedDB' in window)
}

async function camera(): Promise<void> {
  const owner = new CameraOwner()
  try {
    await owner.open()
    const settings = owner.video?.getSettings()
    say('画面', `${settings?.width ?? '?'}×${settings?.height ?? '?'}，每秒 ${Math.round(settings?.frameRate ?? 0)} 帧`, 'good')
    say('声音', owner.audio ? '有麦克风' : '没有麦克风', owner.audio ? 'good' : 'bad')
    say('补光灯', owner.hasTorch ? '可用' : '没有或不能控制')
  } catch (error) {
    if (!(error instanceof CameraRefused)) throw error
    const causes = { denied: '没有授权', no_camera: '没有找到摄像头', in_use: '被其他应用占用', insecure: '不是安全连接', unsupported: '浏览器不支持', failed: '打不开' }
    say('画面', causes[error.trouble], 'bad')
  } finally {
    owner.close()
  }
}

async function line(): Promise<void> {
  const api = new JoinApi(new ApiClient('join'))
  try {
    const measure = await measureUpload(async (noise) => {
      await api.probe(noise)
    })
    say('上行网速', `${(measure.kbps / 1000).toFixed(1)} Mbps，往返 ${measure.rtt_ms} 毫秒`, measure.kbps >= 500 ? 'good' : 'bad')
  } catch (error) {
    if (!isRefusal(error)) throw error
    say('上行网速', `${error.title}（${error.code}）`, 'bad')
  }
}

document.querySelector('#diag-run')?.addEventListener('click', () => {
  rows.length = 0
  table?.replaceChildren()
  browser()
  void camera().then(line)
})

document.querySelector('#diag-copy')?.addEventListener('click', () => {
  const done = document.querySelector('#diag-copied')
  const text = rows.map((row) => `${row.name}：${row.value}`).join('\n')
  void navigator.clipboard.writeText(text).then(
    () => done?.replaceChildren('已复制'),
    () => done?.replaceChildren('浏览器不允许复制，请截屏'),
  )
})

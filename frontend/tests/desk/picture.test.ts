import { describe, expect, it } from 'vitest'
import { pictureNote, type PictureFacts } from '@/desk/logic/picture'

const guest = { admitted: true, online: true, publishing: { video: true }, visible: true, link: 'GOOD' as const, level: 'HD' as const, condition: null }
const good: PictureFacts = { inside: true, ended: null, connected: true, everConnected: true, guest, hasPicture: true, linkUp: true, view: 'FULL' }

describe('what the picture area says', () => {
  it('says nothing while all is well', () => {
    expect(pictureNote(good)).toBeNull()
  })

  it('asks to enter, then to wait, then to admit', () => {
    expect(pictureNote({ ...good, inside: false })).toBe('outside')
    expect(pictureNote({ ...good, guest: null })).toBe('waiting_guest')
    expect(pictureNote({ ...good, guest: { ...guest, admitted: false } })).toBe('waiting_admit')
  })

  it('names a lost line, the own one first', () => {
    expect(pictureNote({ ...good, connected: false })).toBe('own_lost')
    expect(pictureNote({ ...good, connected: false, everConnected: false })).toBe('starting')
    expect(pictureNote({ ...good, guest: { ...guest, link: 'LOST' } })).toBe('lost')
    expect(pictureNote({ ...good, linkUp: false })).toBe('lost')
  })

  it('tells a phone in the background from one without a picture and from a weak line', () => {
    expect(pictureNote({ ...good, guest: { ...guest, visible: false } })).toBe('hidden')
    expect(pictureNote({ ...good, guest: { ...guest, publishing: { video: false } } })).toBe('no_video')
    expect(pictureNote({ ...good, guest: { ...guest, link: 'WEAK' } })).toBe('weak')
    expect(pictureNote({ ...good, view: 'QUARTER' })).toBe('own_weak')
    expect(pictureNote({ ...good, view: 'VOICE' })).toBe('own_voice')
    expect(pictureNote({ ...good, view: 'HALF', guest: { ...guest, level: 'SD' } })).toBe('sd')
  })

  it('gives the phone’s own cause before a mere loss, and beside a picture that goes on', () => {
    expect(pictureNote({ ...good, guest: { ...guest, condition: 'background' } })).toBe('hindered')
    expect(pictureNote({ ...good, guest: { ...guest, condition: 'phone_call', link: 'LOST' } })).toBe('hindered')
    expect(pictureNote({ ...good, guest: { ...guest, condition: 'camera_taken', publishing: { video: false } } })).toBe('hindered')
    expect(pictureNote({ ...good, linkUp: false, guest: { ...guest, condition: 'network_change' } })).toBe('hindered')
    expect(pictureNote({ ...good, guest: { ...guest, condition: 'phone_call' } })).toBe('notice')
    expect(pictureNote({ ...good, guest: { ...guest, condition: 'muted' } })).toBe('notice')
  })

  it('names the level that the line carries', () => {
    expect(pictureNote({ ...good, guest: { ...guest, level: 'SD', link: 'WEAK' } })).toBe('sd')
    expect(pictureNote({ ...good, guest: { ...guest, level: 'VOICE_STILLS', link: 'WEAK' } })).toBe('voice_stills')
  })

  it('says that another window took over, and that the room is closed', () => {
    expect(pictureNote({ ...good, inside: false, ended: 'replaced' })).toBe('replaced')
    expect(pictureNote({ ...good, inside: false, ended: 'room_closed' })).toBe('closed')
  })
})

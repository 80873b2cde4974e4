import { describe, expect, it } from 'vitest'
import { stripOf, type StripFacts } from '@/join/strip'

const well: StripFacts = { phase: 'live', hindrance: null, level: 'HD', socketOpen: true, publishing: 'up', link: 'GOOD' }

describe('the one line over the picture', () => {
  it('is not there while all is well', () => {
    expect(stripOf(well)).toBeNull()
  })

  it.each<[Partial<StripFacts>, string, boolean]>([
    [{ phase: 'interrupted', hindrance: 'phone_call' }, 'hindrance_phone_call', true],
    [{ phase: 'interrupted', hindrance: 'camera_taken', level: 'SD' }, 'hindrance_camera_taken', true],
    [{ phase: 'interrupted' }, 'call_interrupted', true],
    [{ hindrance: 'network_change', publishing: 'broken' }, 'hindrance_network_change', false],
    [{ socketOpen: false }, 'call_socket_strip', false],
    [{ publishing: 'broken' }, 'call_lost_strip', false],
    [{ socketOpen: false, publishing: 'broken' }, 'call_lost_strip', false],
    [{ link: 'LOST' }, 'call_lost_strip', false],
    [{ level: 'SD', link: 'WEAK' }, 'call_level_SD', false],
    [{ level: 'VOICE_STILLS', link: 'WEAK' }, 'call_level_VOICE_STILLS', false],
    [{ link: 'WEAK', hindrance: 'muted' }, 'call_weak_strip', false],
    [{ hindrance: 'battery_low' }, 'hindrance_battery_low', false],
  ])('%j reads %s', (facts, text, resume) => {
    expect(stripOf({ ...well, ...facts })).toEqual({ text, resume })
  })
})

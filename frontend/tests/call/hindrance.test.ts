import { describe, expect, it } from 'vitest'
import { conditionOf, hindranceOf, type PhoneFacts } from '@/call'

const well: PhoneFacts = {
  visible: true,
  audioLost: false,
  videoLost: false,
  trouble: null,
  moving: false,
  battery: null,
  muted: false,
  screenMayDarken: false,
}

describe('what hinders a phone', () => {
  it('is nothing while all is well', () => {
    expect(hindranceOf(well)).toBeNull()
  })

  it.each<[Partial<PhoneFacts>, string]>([
    [{ audioLost: true, videoLost: true }, 'phone_call'],
    [{ audioLost: true, visible: false }, 'phone_call'],
    [{ visible: false, videoLost: true }, 'background'],
    [{ videoLost: true }, 'camera_taken'],
    [{ videoLost: true, trouble: 'in_use' }, 'camera_taken'],
    [{ videoLost: true, trouble: 'denied' }, 'permission'],
    [{ videoLost: true, trouble: 'no_camera' }, 'unplugged'],
    [{ moving: true, muted: true }, 'network_change'],
    [{ battery: { level: 0.15, charging: false }, muted: true }, 'battery_low'],
    [{ muted: true, screenMayDarken: true }, 'muted'],
    [{ screenMayDarken: true }, 'screen_dark'],
  ])('%j is %s', (facts, hindrance) => {
    expect(hindranceOf({ ...well, ...facts })).toBe(hindrance)
  })

  it('goes over the wire only where the protocol has a word for it', () => {
    expect(conditionOf('phone_call')).toBe('phone_call')
    expect(conditionOf('screen_dark')).toBeNull()
    expect(conditionOf('permission')).toBeNull()
    expect(conditionOf(null)).toBeNull()
  })
})

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { CameraOwner, CameraRefused } from '@/call'
import { troubleOf } from '@/call/camera'
import { FakePhone, FakeStream, FakeTrack, settle } from './fakes'

vi.stubGlobal('MediaStream', FakeStream)

describe('CameraOwner', () => {
  let phone: FakePhone
  let camera: CameraOwner

  beforeEach(() => {
    phone = new FakePhone()
    camera = new CameraOwner(phone.platform())
  })

  const video = () => camera.video as unknown as FakeTrack

  it('asks for the rear camera as a wish, not as a condition', async () => {
    await camera.open()
    expect(phone.asked[0]?.video).toMatchObject({ facingMode: { ideal: 'environment' }, width: { ideal: 1280 } })
    expect(camera.state).toBe('live')
  })

  it('is opened once however often it is asked', async () => {
    const first = await camera.open()
    const second = await camera.open()
    expect(second).toBe(first)
    expect(phone.asked).toHaveLength(1)
  })

  it('stops the old camera before it opens the other, and keeps the microphone', async () => {
    await camera.open()
    const microphone = camera.audio
    const tracks: unknown[] = []
    camera.on('track', ({ kind, track }) => kind === 'video' && tracks.push(track))
    await camera.flip()
    expect(video().facing).toBe('user')
    expect(camera.audio).toBe(microphone)
    expect(tracks).toEqual([camera.video])
    expect(phone.asked[1]?.audio).toBe(false)
  })

  it('goes back to the first camera when the other does not open, and never says otherwise', async () => {
    await camera.open()
    phone.refusesFacing = 'user'
    const told: string[] = []
    camera.on('track', () => told.push(camera.facing))
    await expect(camera.flip()).rejects.toMatchObject({ trouble: 'in_use' })
    expect(video().readyState).toBe('live')
    expect(video().facing).toBe('environment')
    expect(told).toEqual(['environment'])
    expect(camera.state).toBe('live')
  })

  it('says which camera it is once its picture is there, not before', async () => {
    await camera.open()
    const turning = camera.flip()
    expect(camera.facing).toBe('environment')
    await turning
    expect(camera.facing).toBe('user')
  })

  it('is interrupted when neither the other camera nor the old one opens, and tries on with back-off', async () => {
    await camera.open()
    const microphone = camera.audio
    const troubles: string[] = []
    camera.on('trouble', (trouble) => troubles.push(trouble))
    phone.refuseWith = new DOMException('busy', 'NotReadableError')
    await expect(camera.flip()).rejects.toMatchObject({ trouble: 'in_use' })
    expect([camera.state, camera.facing, troubles, camera.lost.video]).toEqual(['interrupted', 'environment', ['in_use'], true])
    const asked = phone.asked.length
    await phone.clock.pass(2100)
    expect(phone.asked.length).toBe(asked + 1)
    await phone.clock.pass(3000)
    expect(phone.asked.length).toBe(asked + 1)
    phone.refuseWith = null
    await phone.clock.pass(1100)
    expect(camera.state).toBe('live')
    expect(video().readyState).toBe('live')
    // The sound went on all the while.
    expect(camera.audio).toBe(microphone)
    expect(camera.audio?.readyState).toBe('live')
  })

  it('bears the false mute of the first second', async () => {
    await camera.open()
    const states: string[] = []
    camera.on('state', (state) => states.push(state))
    video().muted = true
    video().onmute?.()
    await phone.clock.pass(1000)
    video().muted = false
    video().onunmute?.()
    await phone.clock.pass(5000)
    expect(states).toEqual([])
  })

  it('says that it was interrupted when the mute lasts', async () => {
    await camera.open()
    video().muted = true
    video().onmute?.()
    await phone.clock.pass(1600)
    expect(camera.state).toBe('interrupted')
  })

  it('opens the camera anew after a phone call, for the old tracks lie', async () => {
    phone.flagsLie = true
    camera = new CameraOwner(phone.platform())
    await camera.open()
    const before = camera.video
    phone.hide()
    phone.show()
    await settle()
    expect(camera.video).not.toBe(before)
    expect(camera.state).toBe('live')
    expect(phone.asked).toHaveLength(2)
  })

  it('leaves a healthy camera alone when the page was hidden for a moment', async () => {
    await camera.open()
    phone.hide()
    phone.show()
    await settle()
    expect(phone.asked).toHaveLength(1)
  })

  it('waits until the page is seen before it opens an ended camera again', async () => {
    await camera.open()
    phone.hide()
    video().stop()
    video().onended?.()
    await settle()
    expect(phone.asked).toHaveLength(1)
    expect(camera.state).toBe('interrupted')
    phone.show()
    await settle()
    expect(camera.state).toBe('live')
  })

  it('stays interrupted and says why when the camera is not given back', async () => {
    await camera.open()
    const troubles: string[] = []
    camera.on('trouble', (trouble) => troubles.push(trouble))
    phone.refuseWith = new DOMException('in a call', 'NotReadableError')
    video().stop()
    video().onended?.()
    await settle()
    expect(camera.state).toBe('interrupted')
    expect(troubles).toEqual(['in_use'])
    phone.refuseWith = null
    await camera.resume()
    expect(camera.state).toBe('live')
  })

  it('keeps the microphone off when the camera comes back', async () => {
    await camera.open()
    camera.setAudio(false)
    await camera.resume()
    expect(camera.audio?.enabled).toBe(false)
  })

  it('uses the lamp only where the track has one', async () => {
    await camera.open()
    expect(await camera.setTorch(true)).toBe(false)
    video().torch = true
    expect(await camera.setTorch(true)).toBe(true)
    expect(video().applied).toEqual([{ advanced: [{ torch: true }] }])
  })

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'no_camera'],
    ['NotReadableError', 'in_use'],
    ['OverconstrainedError', 'no_camera'],
    ['SecurityError', 'insecure'],
    ['WhateverError', 'failed'],
  ])('names the cause of %s', (name, trouble) => {
    expect(troubleOf(new DOMException('', name))).toBe(trouble)
  })

  it('tells an insecure page from a browser without cameras', async () => {
    const insecure = new CameraOwner({ ...phone.platform(), secure: false, getUserMedia: null })
    await expect(insecure.open()).rejects.toEqual(new CameraRefused('insecure'))
    const old = new CameraOwner({ ...phone.platform(), getUserMedia: null })
    await expect(old.open()).rejects.toMatchObject({ trouble: 'unsupported' })
  })
})

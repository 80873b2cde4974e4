import { describe, expect, it } from 'vitest'
import { useLabels } from '@/desk/ledger/labels'
import { spell } from '@/desk/ledger/spell'
import type { Breakdown, Statistic } from '@/desk/ledger/types'

const row = (key: string, label: string): Statistic => ({ key, label, cells: {}, minutes_to_door: null })
const found = (by: Breakdown['by'], ...rows: Statistic[]): Breakdown => ({ by, by_label: '', measures: {}, rows, total: row('', '合计') })

describe('conditions of the ledger in words', () => {
  const { learn, say } = useLabels()

  it('says a yes as its name alone', () => {
    expect(say('within_day', 'true')).toBe('一天内上门')
  })

  it('translates codes that the page knows', () => {
    expect(say('phase', 'FINISHED')).toBe('进展 已办结')
    expect(say('grade', 'BAD')).toBe('评价 差评')
  })

  it('never shows an internal id: a delegate has the name that a breakdown told', () => {
    expect(say('delegate', '0193-aa')).toBe('专员 已选定')
    learn(found('delegate', row('0193-aa', '刘洋')))
    expect(say('delegate', '0193-aa')).toBe('专员 刘洋')
    expect(say('obstacle', '0193-bb')).toBe('某个堵点里的件')
  })

  it('says that nobody or nowhere is meant', () => {
    expect(say('area', 'NONE')).toBe('片区 没有')
  })
})

describe('minutes to the door', () => {
  it('are said in the unit a person would use', () => {
    expect([spell(75), spell(300), spell(4320)]).toEqual(['75 分钟', '5 小时', '3 天'])
  })
})

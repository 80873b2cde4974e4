// A small day, typed as the API answers it; tests change what they need.
import type { BoardOut, Delegate, Order, Plan, Visit } from '@/desk/board/types'

export const DAY = '2026-06-03'
export const at = (time: string) => new Date(`${DAY}T${time}:00+08:00`).toISOString()

export function delegate(id: string, more: Partial<Delegate> = {}): Delegate {
  return {
    id,
    name: `${id}专员`,
    skills: [{ code: 'TAX', label: '税务' }],
    shift: { from: at('08:30'), until: at('17:30') },
    break: { earliest: at('11:30'), latest: at('13:00'), minutes: 45 },
    absences: [],
    home: [117.8612, 36.803],
    ...more,
  }
}

export function visit(id: string, more: Partial<Visit> = {}): Visit {
  return {
    id,
    title: `${id}事项`,
    kind: 'DELEGATION',
    kind_label: '帮办代办',
    state: 'WAITING',
    state_label: '待派单',
    address: '丝绸路街道大街路126号',
    longitude: 117.87,
    latitude: 36.8,
    skills: [],
    minutes: 60,
    window_from: at('09:00'),
    window_until: at('12:00'),
    promised_from: null,
    promised_until: null,
    overdue: false,
    priority: 20,
    protected: false,
    bounces: 0,
    wanted_staff: null,
    requested_at: at('08:00'),
    case_label: 'DB-2026-000001',
    subject: 'subject',
    video: null,
    abilities: ['visit.move'],
    version: 1,
    ...more,
  }
}

export function order(of: string, staff: string, from: string, until: string, more: Partial<Order> = {}): Order {
  return {
    id: `order-${of}`,
    visit: of,
    staff,
    starts_at: at(from),
    ends_at: at(until),
    travel_seconds: 600,
    state: 'OFFERED',
    state_label: '待接单',
    promised: false,
    version: 1,
    ...more,
  }
}

export function day(more: Partial<BoardOut> = {}): BoardOut {
  return {
    version: 1,
    day: DAY,
    now: at('10:30'),
    delegates: [delegate('a'), delegate('b')],
    orders: [],
    visits: [],
    holds: [],
    unplaced: [],
    plans: [],
    figures: { placed: 0, unplaced: 0, travel_seconds: 0, moved: 0 },
    ...more,
  }
}

export function draft(assignments: [visit: string, staff: string, from: string, until: string][], more: Partial<Plan> = {}): Plan {
  return {
    id: 'plan',
    state: 'DRAFT',
    made_at: at('10:00'),
    board_version: 1,
    figures: { placed: assignments.length, unplaced: 0, travel_seconds: 0, moved: 0 },
    assignments: assignments.map(([of, staff, from, until]) => ({ visit: of, staff, starts_at: at(from), ends_at: at(until), travel_seconds: 300 })),
    breaks: [],
    unplaced: [],
    ...more,
  }
}

export interface Custody {
  id: string
  label: string
  sealed_at: string | null
  retention_class: string
  /** null: kept for good */
  kept_until: string | null
  hold_reason: string
  disposal: '' | 'PROPOSED' | 'DONE'
  disposal_label: string
}

export interface CustodyEntry {
  number: number
  kind: string
  at: string
  who: string
  data: Record<string, unknown>
}

export interface CustodyDetail extends Custody {
  entries: CustodyEntry[]
}

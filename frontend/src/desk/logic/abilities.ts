// Names of what the server says this person may do now (inspections/inspection/policies.py).
export const MAY = {
  enter: 'room.enter',
  find: 'finding.record',
  conclude: 'inspection.conclude',
  transfer: 'inspection.transfer',
  sign: 'record.sign',
  review: 'rectification.decide',
} as const

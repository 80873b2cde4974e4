// What went wrong, in the words the person needs: what happened and what to do now.
import { Refusal } from '@/api/refusal'
import { t } from './words'

export interface Trouble {
  code: string
  title: string
  action: string
  fields: Readonly<Record<string, unknown>>
  offline: boolean
}

export function asTrouble(error: unknown): Trouble {
  if (!(error instanceof Refusal)) {
    return {
      code: 'client_error',
      title: t('trouble.unknown.title'),
      action: t('trouble.unknown.action'),
      fields: {},
      offline: false,
    }
  }
  const offline = error.temporary
  return {
    code: error.code,
    title: offline ? t('trouble.offline.title') : error.title,
    action: offline ? t('trouble.offline.action') : error.action,
    fields: error.fields,
    offline,
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Refusal && error.code === code
}

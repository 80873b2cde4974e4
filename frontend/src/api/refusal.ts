/** The body of `application/problem+json` as this server writes it. */
interface Problem {
  code?: string
  title?: string
  action?: string
  status?: number
  fields?: Record<string, unknown>
}

/**
 * Something was asked that cannot be done. `title` says what happened, `action` what to do now.
 * Codes that begin with `client_` were made here, because no answer came.
 */
export class Refusal extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly action: string
  readonly fields: Readonly<Record<string, unknown>>

  constructor(problem: Problem & { code: string; status: number }) {
    super(problem.code)
    this.name = 'Refusal'
    this.code = problem.code
    this.status = problem.status
    this.title = problem.title ?? '这一步没有办成'
    this.action = problem.action ?? '请刷新页面，按最新状态再试一次。'
    this.fields = problem.fields ?? {}
  }

  /** Whether the same request may succeed when it is sent again unchanged. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }

  static offline(): Refusal {
    return new Refusal({
      code: 'client_offline',
      status: 0,
      title: '网络没有连上',
      action: '请检查手机信号或无线网络后再试，已填写的内容不会丢失。',
    })
  }

  static aborted(): Refusal {
    return new Refusal({ code: 'client_aborted', status: 0, title: '操作已取消', action: '需要时请重新操作。' })
  }

  static differs(): Refusal {
    return new Refusal({
      code: 'client_document_differs',
      status: 409,
      title: '收到的文件与要签名的笔录不一致',
      action: '请不要签名，先打电话给审批局核实。',
    })
  }

  static of(status: number, body: unknown): Refusal {
    const problem = isProblem(body) ? body : {}
    const fallback = status >= 500 ? { title: '服务暂时不可用', action: '请稍后再试；已提交的内容不会丢失。' } : {}
    return new Refusal({ ...fallback, ...problem, status, code: problem.code ?? `http_${status}` })
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}

export function isRefusal(error: unknown, code?: string): error is Refusal {
  return error instanceof Refusal && (code === undefined || error.code === code)
}

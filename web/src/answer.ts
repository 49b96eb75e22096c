/** A question or an order to the node -> its answer, or a Problem whose message is a sentence for people. */

const PATIENCE_MS = 15_000

interface Asked {
  method?: string
  body?: unknown
  /** of an order: what is not known to be done where no whole answer comes, as "decided" */
  order?: string
  /** an order whose status tells all: its answer is not read */
  unread?: boolean
  whom?: string
  patience_ms?: number
  signal?: AbortSignal
}

/** `status`: of the answer, 0 where none came; `detail`: the node's own words, '' where it gave none. */
export class Problem extends Error {
  constructor(message: string, readonly status = 0, readonly detail = '') {
    super(message)
  }
}

/** `path` below /api/v1. A Problem tells no more than is known; another error means that `signal` was aborted. */
export async function ask<T>(path: string, asked: Asked = {}): Promise<T> {
  const { order, whom = 'node', patience_ms = PATIENCE_MS, signal } = asked
  const doubt = order ? ` Whether it was ${order} is not known: look again before you repeat it.` : ''
  const late = AbortSignal.timeout(patience_ms)
  let answer: Response
  try {
    answer = await fetch(new URL(`api/v1/${path}`, location.href), { ...written(asked), signal: signal ? AbortSignal.any([signal, late]) : late })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Problem(`${late.aborted ? `The ${whom} has not answered within ${patience_ms / 1000} s.` : 'The node does not answer.'}${doubt}`)
  }
  if (answer.ok && asked.unread) return undefined as T
  const told = (await answer.json().catch(() => null)) as (T & { detail?: unknown }) | null
  signal?.throwIfAborted()
  if (answer.ok && told !== null) return told
  if (answer.ok) throw new Problem(`The answer of the ${whom} did not come whole.${doubt}`, answer.status)
  if (typeof told?.detail === 'string') throw new Problem(sentence(told.detail), answer.status, told.detail)
  throw new Problem(`The node answers with error ${answer.status}.${answer.status < 500 ? '' : doubt}`, answer.status)
}

function written({ method, body }: Asked): RequestInit {
  if (body instanceof Blob) return { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body }
  return body === undefined ? { method: method ?? 'GET' } : { method: method ?? 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}

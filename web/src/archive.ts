/** A question to the node's archive -> its answer, or an error whose message is a sentence for people. */

const PATIENCE_MS = 30_000 // most questions take less than a second

/** `path` below /api/v1/history; an AbortError means that the question is no longer wanted. */
export async function askArchive<T>(path: string, given: Record<string, string>, signal: AbortSignal): Promise<T> {
  const url = new URL(`api/v1/history/${path}`, location.href)
  url.search = new URLSearchParams(given).toString()
  let answer: Response
  try {
    answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) })
    if (answer.ok) return (await answer.json()) as T
  } catch (error) {
    if (signal.aborted) throw error
    throw new Error((error as Error).name === 'TimeoutError' ? `The archive has not answered within ${PATIENCE_MS / 1000} s.` : 'The node does not answer.')
  }
  const told = (await answer.json().catch(() => null)) as { detail?: unknown } | null
  throw new Error(typeof told?.detail === 'string' ? `The archive cannot tell: ${told.detail}.` : `The archive cannot tell: error ${answer.status}.`)
}

/** Seconds before `now` (UTC s) as the API takes them; before the newest kept moment where no picture has come yet. */
export function before(now: number, seconds: number): string {
  return Number.isFinite(now) ? (now - seconds).toFixed(0) : `-${seconds}s`
}

/** A question to the node's archive -> its answer, or an error whose message is a sentence for people. */
import { ask, Problem } from './answer'

const PATIENCE_MS = 30_000 // most questions take less than a second

/** `path` below /api/v1/history; where `signal` was aborted the question is no longer wanted. */
export async function askArchive<T>(path: string, given: Record<string, string>, signal: AbortSignal): Promise<T> {
  try {
    return await ask<T>(`history/${path}?${new URLSearchParams(given)}`, { whom: 'archive', patience_ms: PATIENCE_MS, signal })
  } catch (error) {
    if (!(error instanceof Problem) || error.status < 400) throw error
    throw new Error(`The archive cannot tell: ${error.detail || `error ${error.status}`}.`)
  }
}

/** Seconds before `now` (UTC s) as the API takes them; before the newest kept moment where no picture has come yet. */
export function before(now: number, seconds: number): string {
  return Number.isFinite(now) ? (now - seconds).toFixed(0) : `-${seconds}s`
}

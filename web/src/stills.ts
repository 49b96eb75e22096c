/** Stills and clips of the chosen vessel: the list as the node keeps it, and their bytes, which it verifies on reading. */
import { ask, Problem, sentence } from './answer'

const RENEW_S = 10
export const SHOWN_MAX = 6 // fetched at once; the rest when asked for

export interface Attachment {
  number: number
  time: number
  asset: string
  kind: 'still' | 'clip'
  media: string
  sha256: string
  size: number
  who: string
  task: number
  dropped: number | null
  lat_deg: number | null
  lon_deg: number | null
}
/** What came of asking for its bytes: an address within this page, or why there are none. */
export interface Got {
  url: string
  problem: string
}

export class Stills {
  vessel = 0
  list: Attachment[] = []
  most = SHOWN_MAX
  problem = ''
  readonly got = new Map<number, Got>()
  private askedAt = -Infinity

  constructor(private readonly able: () => boolean, private readonly changed: () => void) {}

  look(vessel: number): void {
    if (vessel === this.vessel) return
    for (const { url } of this.got.values()) if (url) URL.revokeObjectURL(url)
    this.got.clear()
    this.vessel = vessel
    this.list = []
    this.most = SHOWN_MAX
    this.problem = ''
    this.askedAt = -Infinity
    this.second()
  }

  /** Once a second. */
  second(): void {
    if (!this.vessel || document.hidden || !this.able() || performance.now() < this.askedAt + 1000 * RENEW_S) return
    this.askedAt = performance.now()
    void this.hear()
  }
  more(): void {
    this.most = Infinity
    void this.fetchAll()
  }

  private async hear(): Promise<void> {
    const { vessel } = this
    try {
      const { attachments } = await ask<{ attachments: Attachment[] }>(`vessels/${vessel}/attachments`)
      if (vessel !== this.vessel) return
      this.list = attachments
      this.problem = ''
    } catch (error) {
      if (vessel !== this.vessel) return
      this.problem = (error as Problem).status === 404 ? '' : (error as Error).message
    }
    this.changed()
    await this.fetchAll()
  }

  private async fetchAll(): Promise<void> {
    for (const one of this.list.slice(0, this.most)) if (one.dropped === null && !this.got.has(one.number)) await this.fetch(one)
  }

  /** The bytes of one; the node's own sentence where it does not give them: changed on disk, gone, or no room. */
  private async fetch(one: Attachment): Promise<void> {
    const { vessel } = this
    this.got.set(one.number, { url: '', problem: '' })
    let got: Got
    try {
      const answer = await fetch(new URL(`api/v1/attachments/${one.number}`, location.href))
      if (answer.ok && answer.headers.get('x-sha256') === one.sha256) got = { url: URL.createObjectURL(await answer.blob()), problem: '' }
      else if (answer.ok) got = { url: '', problem: 'Its bytes are not those that were kept.' }
      else got = { url: '', problem: sentence(String(((await answer.json().catch(() => ({}))) as { detail?: string }).detail ?? `the node answers with error ${answer.status}`)) }
    } catch {
      got = { url: '', problem: 'The node does not answer.' }
    }
    if (vessel !== this.vessel) return void (got.url && URL.revokeObjectURL(got.url))
    this.got.set(one.number, got)
    this.changed()
  }
}

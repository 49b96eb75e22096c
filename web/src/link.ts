/**
 * The connection to the node: one WebSocket, its heartbeat, and reconnecting with back-off.
 * `silence_s` is the age of the newest frame: the screen must shout when it grows.
 */
import { decode, type Frame } from './frames'

export const STALE_S = 3 // frames come at least once a second: three are missing
const DEAD_S = 8 // an open socket that says nothing for so long is dead
const BACKOFF_MS = [250, 500, 1000, 2000, 4000, 8000]

export type LinkState = 'connecting' | 'open' | 'waiting'

export class Link {
  state: LinkState = 'connecting'
  attempts = 0 // since the last frame
  gaps = 0
  frames = 0
  bytes = 0
  problem = ''
  /** performance.now() of the newest frame, and of the newest one that brought a newer picture */
  lastFrame = performance.now()
  lastNews = performance.now()
  everHeard = false
  retryAt = 0

  private socket: WebSocket | null = null
  private sequence = 0
  private picture = -1
  private openedAt = 0
  private timer = 0

  constructor(
    private readonly url: string,
    private readonly receive: (frame: Frame) => void,
    private readonly opened: () => void,
  ) {
    setInterval(() => this.watch(), 1000)
    this.connect()
  }

  get silence_s(): number {
    return (performance.now() - this.lastFrame) / 1000
  }
  /** s since the picture itself last advanced, however many heartbeats came */
  get standstill_s(): number {
    return (performance.now() - this.lastNews) / 1000
  }
  get stale(): boolean {
    return this.silence_s > STALE_S || this.standstill_s > STALE_S
  }

  send(message: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }

  private connect(): void {
    this.state = 'connecting'
    this.sequence = 0
    const socket = new WebSocket(this.url)
    socket.binaryType = 'arraybuffer'
    this.socket = socket
    socket.onopen = () => {
      this.state = 'open'
      this.openedAt = performance.now()
      this.opened()
    }
    socket.onmessage = (m: MessageEvent<ArrayBuffer>) => this.heard(m.data)
    socket.onclose = () => {
      if (socket === this.socket) this.retry()
    }
  }

  private heard(bytes: ArrayBuffer): void {
    let frame: Frame
    try {
      frame = decode(bytes)
    } catch (e) {
      this.problem = String(e instanceof Error ? e.message : e)
      return
    }
    const seen = frame.header.sequence
    if (this.sequence && seen !== this.sequence + 1) {
      this.gaps++
      this.problem = `frames ${this.sequence + 1} to ${seen - 1} are missing: asking for the whole picture`
      this.drop()
      return
    }
    this.sequence = seen
    this.frames++
    this.bytes += bytes.byteLength
    this.lastFrame = performance.now()
    if (this.lastFrame - this.openedAt > 5000) this.attempts = 0 // one that lasts, else the back-off goes on
    this.everHeard = true
    if (frame.header.picture !== this.picture) {
      this.picture = frame.header.picture
      this.lastNews = this.lastFrame
    }
    this.receive(frame)
  }

  /** A new connection starts with a snapshot: that is how a gap is mended. */
  private drop(): void {
    const socket = this.socket
    this.socket = null
    socket?.close()
    this.retry()
  }

  private retry(): void {
    this.state = 'waiting'
    const wait = BACKOFF_MS[Math.min(this.attempts, BACKOFF_MS.length - 1)]! * (0.75 + Math.random() / 2)
    this.attempts++
    this.retryAt = performance.now() + wait
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.connect(), wait)
  }

  private watch(): void {
    if (this.silence_s > DEAD_S && this.state === 'open') this.drop()
  }
}

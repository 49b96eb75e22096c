/**
 * Sound while alerts wait for somebody. Off until the browser lets it (a key or a click on the page); muted for minutes.
 * An alarm cannot be mistaken for a warning (IMO MSC.302(87) 7.3.4); tones and intervals are ours.
 */
import type { Alert, Urgency } from './alerts'

interface Signal {
  tones_hz: number[]
  every_s: number
}
const SIGNALS: Partial<Record<Urgency, Signal>> = {
  emergency: { tones_hz: [960, 720, 960, 720, 960, 720], every_s: 3 },
  alarm: { tones_hz: [880, 880, 880], every_s: 7 },
  warning: { tones_hz: [520, 520], every_s: 15 },
}
const TONE_S = 0.18
const REST_S = 0.12
export const MUTE_MIN = 5

export class Bell {
  played = 0 // for tests and for the curious
  private context: AudioContext | null = null
  private mutedUntil = 0 // performance.now()
  private last = -Infinity
  private lastUrgency: Urgency | null = null

  constructor(private readonly changed: () => void) {
    const wake = (): void => void this.wake()
    for (const gesture of ['pointerdown', 'keydown'] as const) document.addEventListener(gesture, wake, { capture: true })
  }

  get allowed(): boolean {
    return this.context?.state === 'running'
  }
  get muted_s(): number {
    return Math.max(0, (this.mutedUntil - performance.now()) / 1000)
  }

  private async wake(): Promise<void> {
    if (this.allowed) return
    this.context ??= new AudioContext()
    await this.context.resume().catch(() => undefined)
    this.changed()
  }

  mute(minutes: number): void {
    this.mutedUntil = performance.now() + 60_000 * minutes
    this.changed()
  }

  /** To be called each second with the alerts that call. */
  ring(calling: readonly Alert[]): void {
    const urgency = calling.map((a) => a.urgency).sort((a, b) => rank(a) - rank(b))[0]
    const signal = urgency && SIGNALS[urgency]
    if (!signal || !this.allowed || this.muted_s > 0) {
      this.lastUrgency = signal ? this.lastUrgency : null
      return
    }
    const graver = this.lastUrgency === null || rank(urgency) < rank(this.lastUrgency)
    if (!graver && performance.now() - this.last < 1000 * signal.every_s) return
    this.last = performance.now()
    this.lastUrgency = urgency
    this.play(signal.tones_hz)
  }

  private play(tones_hz: number[]): void {
    const context = this.context!
    this.played++
    tones_hz.forEach((hz, i) => {
      const tone = context.createOscillator(), loud = context.createGain(), at = context.currentTime + i * (TONE_S + REST_S)
      tone.frequency.value = hz
      loud.gain.setValueAtTime(0, at)
      loud.gain.linearRampToValueAtTime(0.25, at + 0.01)
      loud.gain.setValueAtTime(0.25, at + TONE_S - 0.02)
      loud.gain.linearRampToValueAtTime(0, at + TONE_S)
      tone.connect(loud).connect(context.destination)
      tone.start(at)
      tone.stop(at + TONE_S)
    })
  }
}

function rank(urgency: Urgency): number {
  return ['emergency', 'alarm', 'warning', 'caution'].indexOf(urgency)
}

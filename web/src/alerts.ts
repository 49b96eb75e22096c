/** Alerts and fleets as the node tells them: kept in order, asked for anew when some were missed; and what people decide. */
import { ask } from './answer'

export type Urgency = 'emergency' | 'alarm' | 'warning' | 'caution'
export type Place = 'unacknowledged' | 'ended' | 'settled' | 'aside' | 'closed'
export const URGENCIES: readonly Urgency[] = ['emergency', 'alarm', 'warning', 'caution']
/** By form, so that no meaning is carried by colour alone. */
export const SIGNS: Record<Urgency, string> = { emergency: '◆', alarm: '■', warning: '▲', caution: '●' }
const PLACES: readonly Place[] = ['unacknowledged', 'ended', 'settled', 'aside', 'closed']
const WHO = 'mihari.who'
const AGAIN_MS = 5000 // after the node did not tell all of an answer

export interface AlertVessel {
  mmsi: number | null
  vessel: number | null // its number in the picture of one run of the node
  run?: number | null
}
export interface Alert {
  number: number
  version: number
  sequence: number
  place: Place
  calls: boolean
  urgency: Urgency
  found: Urgency
  escalates: boolean
  by_hand: boolean
  kinds: string[]
  because: string
  vessels: AlertVessel[]
  vessels_total: number
  fleet: number | null
  lat_deg: number
  lon_deg: number
  going_on: boolean
  retracted: boolean
  raised: number
  since: number
  first: number
  last: number | null
  escalated: number | null
  acknowledged: number | null
  acknowledged_by: string
  reason: string
  note: string
  assigned: string
  closed: number | null
  closed_by: string
  outcome: string
  outcome_note: string
}
export interface Behaviour {
  id: string
  kind: string
  vessels: AlertVessel[]
  start: number
  end: number | null
  because: string
  urgency: Urgency
  score: number
  innocent: string[]
  standing: 'going_on' | 'ended' | 'retracted'
  followed: boolean
  version: string
  evidence: {
    facts: Record<string, string | number | null>
    coverage: Record<string, number | null>
    path: Record<string, [number, number, number][]> // UTC s, lat, lon by vessel
    first: number | null
    last: number | null
  }
}
export interface LogLine {
  id: number
  time: number
  data_time: number
  alert: number | null
  who: string
  what: string
  text: string
}
export interface Fleet {
  id: number
  time: number
  began: number
  members: AlertVessel[]
  lat_deg: number
  lon_deg: number
  outline_deg: [number, number][]
  cohesion: number
  explanations: { purpose: string; weight: number | null; because: string }[]
}
export interface Detail extends Alert {
  behaviours: Behaviour[]
  asides: { number: number; behaviour: string; kind: string; first: number; last: number | null; who: string; reason: string; note: string; withdrawn: boolean }[]
  log: LogLine[]
  related: { number: number; place: Place; urgency: Urgency; kinds: string[]; because: string; since: number }[]
  fleets: Fleet[]
}
export interface Message {
  after: number
  sequence: number
  counts: Record<string, number>
  problem: string
  alerts: Alert[]
}
export interface Words {
  reasons: string[]
  aside_reasons: string[]
  outcomes: string[]
}

/** Smaller comes first: by place, then the most urgent, then the newest (docs/alerts.md). */
export function compare(a: Alert, b: Alert): number {
  return PLACES.indexOf(a.place) - PLACES.indexOf(b.place) || URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency) || b.since - a.since || b.number - a.number
}

export class Alerts {
  kept = false // whether the node keeps alerts at all
  problem = ''
  counts: Record<string, number> = {}
  fleets: Fleet[] = []
  words: Words = { reasons: [], aside_reasons: [], outcomes: [] }
  chosen = 0
  detail: Detail | null = null
  detailProblem = ''
  list: Alert[] = []
  private byNumber = new Map<number, Alert>()
  private sequence = 0
  private asked = 0

  constructor(private readonly changed: (what: 'alerts' | 'alert' | 'fleets') => void) {}

  get who(): string {
    return localStorage.getItem(WHO) ?? ''
  }
  set who(name: string) {
    localStorage.setItem(WHO, name)
  }
  get calling(): Alert[] {
    return this.list.filter((a) => a.calls)
  }
  get open(): Alert[] {
    return this.list.filter((a) => a.place !== 'aside')
  }
  get aside(): Alert[] {
    return this.list.filter((a) => a.place === 'aside')
  }

  /** A message of the stream: all of them where `after` is 0, else what has changed since. */
  hear(message: Message): void {
    this.kept = true
    this.problem = message.problem
    if (message.after && message.after !== this.sequence) return void this.askAll()
    if (!message.after) this.byNumber.clear()
    this.sequence = message.sequence
    this.counts = message.counts ?? this.counts
    for (const a of message.alerts) this.put(a)
    this.arrange()
    if (!this.words.reasons.length) void this.askAll()
  }

  hearFleets(fleets: Fleet[]): void {
    this.fleets = fleets
    this.changed('fleets')
  }

  private put(a: Alert): void {
    if (a.place === 'closed') this.byNumber.delete(a.number)
    else this.byNumber.set(a.number, a)
    if (a.number === this.chosen && a.version !== this.detail?.version) void this.askOne()
  }

  private arrange(): void {
    this.list = [...this.byNumber.values()].sort(compare)
    this.changed('alerts')
  }

  /** Everything anew: some were missed, or the words are not known yet. */
  private async askAll(): Promise<void> {
    const mine = ++this.asked
    try {
      const [open, aside] = await Promise.all([ask<Message & Words>('alerts?limit=1000'), ask<Message & Words>('alerts?place=aside&limit=1000')])
      if (mine !== this.asked) return
      this.words = { reasons: open.reasons, aside_reasons: open.aside_reasons, outcomes: open.outcomes }
      this.byNumber = new Map([...open.alerts, ...aside.alerts].map((a) => [a.number, a]))
      this.sequence = Math.min(open.sequence, aside.sequence)
      this.counts = open.counts
      this.problem = ''
    } catch (error) {
      if (mine !== this.asked) return
      this.problem = (error as Error).message
      setTimeout(() => mine === this.asked && void this.askAll(), AGAIN_MS)
    }
    this.arrange()
  }

  choose(number: number): void {
    if (number === this.chosen) return
    this.chosen = number
    this.detail = null
    this.detailProblem = ''
    if (number) void this.askOne()
    this.changed('alert')
  }

  private async askOne(): Promise<void> {
    const number = this.chosen
    try {
      const detail = await ask<Detail>(`alerts/${number}`)
      if (number !== this.chosen) return
      this.detail = detail
      this.detailProblem = ''
    } catch (error) {
      if (number !== this.chosen) return
      this.detailProblem = (error as Error).message
    }
    this.changed('alert')
  }

  /** One decision about one alert; an error's message is a sentence for people. */
  async decide(number: number, what: string, told: Record<string, unknown>): Promise<void> {
    const detail = await ask<Detail>(`alerts/${number}/${what}`, { body: { who: this.who, ...told }, order: 'decided' })
    this.put(detail)
    if (number === this.chosen) this.detail = detail
    this.arrange()
    this.changed('alert')
  }
}

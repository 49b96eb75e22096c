/** Cases as the node tells them: the board, the case that is read, and what people say of it. */
import { ask } from './answer'

const AGAIN_S = 60
const TRACKS_MAX = 20 // of a case, that are drawn
const PATIENCE_MS = 60_000 // tracks are read from the archive when a case is opened
export const OUTCOMES = ['confirmed', 'benign', 'false', 'unknown'] as const
export type Outcome = (typeof OUTCOMES)[number]
/** By form, so that no meaning is carried by colour alone. */
export const OUTCOME_SIGNS: Record<string, string> = { '': '○', confirmed: '●', benign: '◇', false: '✕', unknown: '?' }
export const OUTCOME_WORDS: Record<string, string> = { '': 'not said yet', confirmed: 'confirmed: it was so', benign: 'benign: it had an innocent reason', false: 'false: it was not so', unknown: 'unknown: it was not found out' }
/** Words of a case in the order in which they are read, with what they are called. */
export const WORDS: readonly [field: string, name: string][] = [
  ['outcome_kind', 'What kind'], ['analysis', 'Analysis'], ['done', 'What was done'], ['done_by', 'By whom'], ['ended_by', 'What ended it'], ['sooner', 'What would have told us earlier'], ['pattern', 'Speaks for the pattern'],
] // prettier-ignore
export const LONG: readonly string[] = ['analysis', 'done', 'sooner']

export interface VesselName {
  mmsi: number
  vessel: number
  run: number | null
  name: string
}
export interface Case {
  number: number
  uuid: string
  version: number
  title: string
  status: 'open' | 'closed'
  outcome: string
  outcome_kind: string
  pattern: string
  opened: number
  opened_by: string
  changed: number
  changed_by: string
  alerts: number[]
  vessels: VesselName[]
  edits: number
  items: Record<string, number>
}
interface Author {
  id: string
  who: string
  time: number
  author: string
}
export interface Value extends Author {
  value: string
}
export interface Word extends Value {
  earlier: Value[]
}
export interface Item extends Author {
  withdrawn: (Author & { why: string }) | null
}
export interface Evidence extends Item {
  kind: string
  what: string
  sha256: string
  size: number
  media: string
  name: string
  mmsi: number
  number: number
  begin: number | null
  end: number | null
  here: boolean
}
export interface CaseDetail extends Case {
  words: Record<string, Word>
  lists: {
    note: (Item & { text: string })[]
    action: (Item & { text: string; by: string; done_at: number | null })[]
    alert: (Item & { number: number; because: string; first: number | null; last: number | null })[]
    vessel: (Item & VesselName)[]
    evidence: Evidence[]
  }
  not_understood: (Author & { field: string; value: string })[]
  log: { time: number; who: string; author: string; what: string }[]
  /** of what somebody said just now */
  left_out?: string[]
  changed_meanwhile?: { field: string; who: string; time: number; value: string }[]
}
export interface Dossier {
  mmsi: number
  vessel: number
  flag: string
  claims: { field: string; value: unknown; first: number; last: number; times?: number; count?: number }[]
  alerts: { number: number; because: string }[]
  behaviours: { kind: string; because: string; start: number }[]
  meetings: Record<string, unknown>[]
  pictures: unknown[]
  cases: Case[]
  missing: string[]
}
/** Where a vessel was, as a case keeps it. */
export interface Track {
  lat_deg: number[]
  lon_deg: number[]
  time: number[]
}
/** A form that is open in a case. */
export type Form = '' | 'words' | 'close' | 'note' | 'action' | 'file' | 'withdraw' | 'sign'
/** What is said once somebody has given a name. */
export interface Pending {
  title: string
  what: string
  told: Record<string, unknown>
}

export class Cases {
  kept = false
  open = false
  loaded = false
  problem = ''
  outcomes: readonly string[] = OUTCOMES
  status: 'open' | 'closed' | 'all' = 'open'
  search = ''
  chosen = 0
  detail: CaseDetail | null = null
  dossiers: Dossier[] | null = null
  dossierProblem = ''
  tracks: readonly Track[] = [] // that are drawn
  form: Form = ''
  item = '' // that is to be withdrawn
  pending: Pending | null = null
  /** the alert of which a case is to be opened; 0 none */
  opening = 0
  busy = false
  said = ''
  private byNumber = new Map<number, Case>()
  private askedAt = -Infinity
  private asked = 0

  constructor(private readonly changed: () => void) {}

  /** A message of the stream: those that have changed. */
  hear(cases: Case[]): void {
    for (const one of cases) {
      this.byNumber.set(one.number, one)
      if (one.number === this.chosen && one.version !== this.detail?.version && !this.busy) void this.askOne()
    }
    this.changed()
  }
  second(): void {
    if (!document.hidden && performance.now() > this.askedAt + 1000 * AGAIN_S) void this.ask()
  }
  async ask(): Promise<void> {
    this.askedAt = performance.now()
    try {
      const told = await ask<{ cases: Case[]; outcomes: string[] }>('cases?status=all&limit=200')
      for (const one of told.cases) this.byNumber.set(one.number, one)
      this.outcomes = told.outcomes
      this.kept = true
      this.problem = ''
    } catch (error) {
      this.problem = (error as Error).message
    }
    this.loaded = true
    this.changed()
  }

  get list(): Case[] {
    return [...this.byNumber.values()].sort((a, b) => b.changed - a.changed || b.number - a.number)
  }
  get openOnes(): number {
    return this.list.filter((one) => one.status === 'open').length
  }
  get found(): Case[] {
    const wanted = this.search.trim().toLowerCase()
    return this.list.filter((one) => this.status === 'all' || one.status === this.status).filter((one) => !wanted || textOf(one).includes(wanted))
  }
  /** The open case of an alert, else the last one. */
  of(alert: number): Case | undefined {
    const mine = this.list.filter((one) => one.alerts.includes(alert))
    return mine.find((one) => one.status === 'open') ?? mine[0]
  }

  toggle(open = !this.open): void {
    this.open = open
    this.said = ''
    this.opening = 0
    if (open) void this.ask()
    this.changed()
  }
  back(): void {
    if (this.form) this.form = ''
    else if (this.opening) this.opening = 0
    else if (this.chosen) this.choose(0)
    else this.open = false
    this.problem = ''
    this.changed()
  }
  show(status: Cases['status'], search = this.search): void {
    this.status = status
    this.search = search
    this.changed()
  }
  askFor(form: Form, item = ''): void {
    this.form = form
    this.item = item
    this.problem = ''
    this.changed()
  }
  sign(title: string, what: string, told: Record<string, unknown> = {}): void {
    this.pending = { title, what, told }
    this.askFor('sign')
  }
  begin(alert: number): void {
    this.choose(0)
    this.open = true
    this.opening = alert
    this.changed()
  }
  choose(number: number): void {
    this.chosen = number
    this.detail = null
    this.dossiers = null
    this.tracks = []
    this.dossierProblem = this.problem = this.said = this.form = ''
    this.opening = 0
    if (number) {
      this.open = true
      void this.askOne()
    }
    this.changed()
  }
  private async askOne(): Promise<void> {
    const mine = ++this.asked, number = this.chosen
    try {
      const detail = await ask<CaseDetail>(`cases/${number}`)
      if (mine === this.asked) this.detail = detail
    } catch (error) {
      if (mine === this.asked) this.problem = (error as Error).message
    }
    this.changed()
  }
  /** The tracks among the evidence, to be drawn; drawn already, they are taken off. */
  async askTracks(): Promise<void> {
    const { detail } = this
    if (!detail || this.tracks.length) {
      this.tracks = []
      return this.changed()
    }
    const kept = detail.lists.evidence.filter((e) => e.kind === 'track' && e.here && !e.withdrawn).slice(0, TRACKS_MAX)
    try {
      const tracks = await Promise.all(kept.map((e) => ask<Track>(`cases/${detail.number}/files/${e.sha256}`)))
      if (detail.number === this.chosen) this.tracks = tracks.filter((t) => t.lat_deg?.length && t.lat_deg.length === t.lon_deg?.length)
    } catch (error) {
      this.problem = (error as Error).message
    }
    this.changed()
  }
  async askDossiers(): Promise<void> {
    const number = this.chosen
    this.dossierProblem = ''
    try {
      const { dossiers } = await ask<{ dossiers: Dossier[] }>(`cases/${number}/dossiers`, { patience_ms: PATIENCE_MS })
      if (number === this.chosen) this.dossiers = dossiers
    } catch (error) {
      if (number === this.chosen) this.dossierProblem = (error as Error).message
    }
    this.changed()
  }

  /** What somebody says of the case that is read; what has changed meanwhile is told. */
  async say(what: string, told: Record<string, unknown>): Promise<boolean> {
    const { detail } = this
    return detail !== null && this.work(`cases/${detail.number}/${what}`, { seen: detail.version, ...told })
  }
  async openCase(who: string, title: string): Promise<boolean> {
    return this.work('cases', { who, title, alert: this.opening })
  }
  async addFile(who: string, file: File, what: string): Promise<boolean> {
    const query = new URLSearchParams({ who, name: file.name.slice(0, 200), what })
    return this.work(`cases/${this.chosen}/files?${query}`, file)
  }
  private async work(path: string, body: unknown): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.problem = this.said = ''
    this.changed()
    try {
      const detail = await ask<CaseDetail>(path, { body, order: 'kept', patience_ms: PATIENCE_MS })
      this.chosen = detail.number
      this.detail = detail
      this.byNumber.set(detail.number, detail)
      this.opening = 0
      this.form = ''
      this.said = 'Kept.'
    } catch (error) {
      this.problem = (error as Error).message
    }
    this.busy = false
    this.changed()
    return !this.problem
  }
}

export function vesselName(v: VesselName): string {
  return v.name || (v.mmsi ? String(v.mmsi).padStart(9, '0') : `#${v.vessel}`)
}
function textOf(one: Case): string {
  return [`#${one.number}`, one.title, one.outcome, one.outcome_kind, one.pattern, one.opened_by, one.changed_by, ...one.vessels.flatMap((v) => [v.name, String(v.mmsi)])].join('\n').toLowerCase()
}

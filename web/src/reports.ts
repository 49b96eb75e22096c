/** What people told, as the node tells it, and the form in which somebody tells what was seen: a place on the map or in words. */
import { ask, Problem } from './answer'
import type { Corner } from './zones'
import { KN_PER_MPS } from './geo'
import { place, roughAge, shortAge, when } from './words'

export interface Report {
  id: string
  who: string
  time: number // UTC s, when it was seen
  received: number | null
  feed: string
  lat_deg: number
  lon_deg: number
  sd_m: number
  what: string
  kind: string // '' none
  lights: string // '' nothing was said
  course_deg: number | null
  speed_mps: number | null
}
/** What is being told. `picking`: the next click on the map tells where. */
export interface Draft {
  id: string // of the report that is corrected, '' a new one
  text: string
  who: string
  ago_min: number
  by: 'map' | 'words'
  place: string
  at: Corner | null
  sd_m: number
  picking: boolean
}
/** What the form says at the end. */
export interface Said {
  text: string
  who: string
  place: string
  ago_min: number
}
interface Heard {
  hears: string
  problem: string
  points: string[]
}
interface Sent {
  id: string
  lat_deg: number
  lon_deg: number
  sd_m: number
  because: string
  to: string
}

export const SD_M = [100, 500, 2000, 5000] as const
const SD_FIRST = 500
const ASK_AGAIN_S = 15 // the node file may change meanwhile
const PATIENCE_S = 10 // until what was sent should be in the picture
const FRESH_S = 600, FAINT_S = 6 * 3600 // drawn in full until then, faintest from then on
const FAINTEST = 0.4
export const WITH_95 = 2.4477 // standard deviations: 95 % of a circular normal distribution in the plane

/** How strongly it is drawn, by its age in s; the age is said in words too. */
export function strength(age_s: number): number {
  const gone = (age_s - FRESH_S) / (FAINT_S - FRESH_S)
  return 1 - (1 - FAINTEST) * Math.min(1, Math.max(0, gone || 0))
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
/** What was seen, short: "fishing, no lights", else its first words. */
export const briefly = (r: Report): string => [r.kind, r.lights].filter(Boolean).join(', ') || cut(r.what, 28)
export const labelOf = (r: Report, now: number): string => `${briefly(r)} ·${shortAge(now - r.time)}`
/** "± 500 m", "± 2.0 km": one sigma. */
export const aboutOf = (sd_m: number): string => `± ${sd_m < 1000 ? `${Math.round(sd_m)} m` : `${(sd_m / 1000).toFixed(1)} km`}`
export const courseOf = (r: Report): string => (r.course_deg === null ? '' : `${String(Math.round(r.course_deg) % 360).padStart(3, '0')}°`)
export const speedOf = (r: Report): string => (r.speed_mps === null ? '' : `${(r.speed_mps * KN_PER_MPS).toFixed(1)} kn`)

/** All of it in words, line by line. */
export function wordsOf(r: Report, now: number): string {
  const understood = [r.kind, r.lights, courseOf(r), speedOf(r)].filter(Boolean).join(' · ')
  return [`“${cut(r.what, 300)}”`, `${r.who}, ${roughAge(now - r.time)} ago (${when(r.time, now, 5)})`, ...(understood ? [understood] : []), `${place(r.lat_deg, r.lon_deg)} ${aboutOf(r.sd_m)}`].join('\n')
}

export class Reports {
  list: Report[] = [] // the oldest first
  chosen = '' // id, '' none
  open = false // the panel
  draft: Draft | null = null
  /** the feed that a new one is sent to, '' none; null: not known yet */
  hears: string | null = null
  deaf = '' // why none can be sent, a sentence
  points: string[] = [] // that words may name
  problem = ''
  busy = false
  said = '' // of the one that was sent last; also for screen readers
  private awaited: { id: string; to: string; since: number } | null = null
  private byId = new Map<string, Report>()
  private askedAt = -Infinity

  constructor(
    private readonly now: () => number,
    private readonly changed: () => void,
  ) {}

  get(id: string): Report | undefined {
    return this.byId.get(id)
  }

  /** `ids`: of all there are, in their order; `reports`: those that are new or corrected. */
  hear({ ids, reports }: { ids: string[]; reports: Report[] }): void {
    const known = new Map([...this.list, ...reports].map((r) => [r.id, r]))
    this.list = ids.flatMap((id) => known.get(id) ?? [])
    this.byId = new Map(this.list.map((r) => [r.id, r]))
    if (!this.byId.has(this.chosen)) this.chosen = ''
    const found = this.awaited && reports.find((r) => r.id === this.awaited!.id)
    if (found) {
      this.awaited = null
      this.chosen = found.id
      this.said = `In the picture: ${briefly(found)}, ${place(found.lat_deg, found.lon_deg)} ${aboutOf(found.sd_m)}.`
    }
    this.changed()
  }

  choose(id: string): void {
    this.chosen = id
    if (id) this.open = true
    this.changed()
  }
  toggle(open = !this.open): void {
    this.open = open
    if (!open) this.draft = null
    if (open) void this.askHears()
    this.problem = this.said = ''
    this.changed()
  }

  /** Once a second: whether somebody hears, while somebody looks; whether what was sent has come. */
  second(): void {
    const { awaited } = this
    if (awaited && performance.now() > awaited.since + 1000 * PATIENCE_S) {
      this.awaited = null
      this.said = `Sent to ${awaited.to}, but the node has not shown it: look at the health of that feed.`
      this.changed()
    }
    if (this.open && !document.hidden && performance.now() > this.askedAt + 1000 * ASK_AGAIN_S) void this.askHears()
  }
  private async askHears(): Promise<void> {
    this.askedAt = performance.now()
    try {
      const told = await ask<Heard>('reports')
      this.hears = told.hears
      this.deaf = told.problem
      this.points = told.points
    } catch (error) {
      this.deaf = (error as Error).message
    }
    this.changed()
  }

  // the one that is being told

  begin(at: Corner | null, who: string): void {
    this.open = true
    this.draft = { id: '', text: '', who, ago_min: 0, by: 'map', place: '', at: at && inRange(at), sd_m: SD_FIRST, picking: at === null }
    this.problem = this.said = ''
    void this.askHears()
    this.changed()
  }
  correct(r: Report): void {
    const ago_min = Math.max(0, Math.round((this.now() - r.time) / 60))
    this.begin([r.lat_deg, r.lon_deg], r.who)
    Object.assign(this.draft!, { id: r.id, text: r.what, sd_m: Math.round(r.sd_m), ago_min })
    this.changed()
  }
  drop(): void {
    this.draft = null
    this.problem = ''
    this.changed()
  }
  tellBy(by: Draft['by']): void {
    if (!this.draft) return
    this.draft.by = by
    this.draft.picking = by === 'map' && !this.draft.at
    this.problem = ''
    this.changed()
  }
  pick(): void {
    if (!this.draft) return
    this.draft.picking = true
    this.changed()
  }
  putPlace(at: Corner): void {
    if (!this.draft) return
    this.draft.at = inRange(at)
    this.draft.picking = false
    this.changed()
  }
  widen(sd_m: number): void {
    if (!this.draft) return
    this.draft.sd_m = sd_m
    this.changed()
  }

  /** Sends it; its words come back with the picture. */
  async send(told: Said): Promise<void> {
    const { draft } = this
    if (!draft || this.busy) return
    this.busy = true
    this.problem = ''
    this.changed()
    const where = draft.by === 'words' ? { place: told.place } : draft.at ? { lat_deg: draft.at[0], lon_deg: draft.at[1], sd_m: draft.sd_m } : { place: '' }
    try {
      const sent = await ask<Sent>('reports', { body: { who: told.who, text: told.text, ago_s: 60 * told.ago_min, id: draft.id, ...where }, order: 'sent' })
      this.draft = null
      this.said = `Sent to ${sent.to}: ${place(sent.lat_deg, sent.lon_deg)} ${aboutOf(sent.sd_m)} (${sent.because}).`
      this.awaited = { id: sent.id, to: sent.to, since: performance.now() }
      const known = this.byId.get(sent.id)
      if (known && !draft.id) this.hear({ ids: this.list.map((r) => r.id), reports: [known] }) // the stream was faster
    } catch (error) {
      this.problem = (error as Error).message
      if ((error as Problem).status === 409) void this.askHears()
    }
    this.busy = false
    this.changed()
  }
}

function inRange(at: Corner): Corner {
  return [at[0], ((((at[1] + 180) % 360) + 360) % 360) - 180]
}

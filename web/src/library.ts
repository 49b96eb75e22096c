/** The pattern library as the node holds it, the pattern that is read, and the text that somebody writes and tries. */
import { ask, Problem } from './answer'

const AGAIN_S = 60 // between two looks at what is held; alerts ask it how to find out
const OPEN_S = 8 // while somebody looks at it
const CHECK_MS = 350 // after the last key
const PREVIEW_MS = 700
const PATIENCE_MS = 120_000 // a pattern is proved before it is held

export interface Counts {
  fired: number
  silent: number
  retracted: number
  confirmed: number
  false: number
  open: number
}
export interface Record_ extends Counts {
  by_area: Record<string, Counts>
  by_month: Record<string, Counts>
}
export interface Look {
  sensor: string[]
  place: string
  checklist: string[]
}
export interface Example {
  start: number
  end: number | null
  because: string
  lat_deg: number
  lon_deg: number
  vessels: number[]
}
export interface Trial {
  sentence: string
  fired: number
  retracted: number
  whose: Record<string, number>
  examples: Example[]
  reports: number
}
export type State = 'trial' | 'active' | 'replaced' | 'withdrawn'
export interface Held {
  name: string
  version: number
  title: string
  urgency: string
  state: State
  maker: string
  signer: string
  who: string
  time: number
  why: string
  shipped?: boolean
  digest: string
  proven: boolean
  sentence: string
  here: Record_
  elsewhere: Record_ | null
  look: Look
}
export interface PatternFile {
  name: string
  version: number
  title: string
  urgency: string
  description: string
  because: string
  innocent: string[]
  references: string[]
  definition: string
  parameter: { name: string; value: string; least: string; most: string; source: string }[]
  look: Look
}
export interface Link {
  act?: string
  node?: string
  author?: string
  at?: string
  groups?: string[]
}
/** A bundle that another node of the mesh offers: nothing of it is in force. */
export interface Offered {
  id: string
  by: string
  time: number
  state: 'coming' | 'offered' | 'refused' | 'taken'
  told: string
  size: number
  name: string
  version: string
  note: string
  signer: string
  believed: string
  problem: string
  patterns: { name: string; version: number; title: string; maker: string; refused: string }[]
  withdrawn: { name: string; versions: number[]; node: string; reason: string }[]
}
export interface Detail extends Held {
  file: PatternFile
  text: string
  proof: { holds?: boolean; problem?: string; found?: number; quiet?: number; missed?: number; false?: number; seconds?: number; where?: string }
  trial: Trial | null
  provenance: Link[]
  versions: { version: number; state: State }[]
}
export interface Mistake {
  line: number | null
  column: number | null
  key: string
  problem: string
  suggestion: string
}
export interface Checked {
  pattern: PatternFile | null
  mistakes: Mistake[]
  held: number[]
}
export interface Preview {
  number: number
  name: string
  state: 'running' | 'done' | 'refused' | 'cancelled'
  share: number
  what: string
  over: string
  problem: string
  trial: Trial | null
}
/** A text that is written: what the node says of it, and what it would have told. */
export interface Draft {
  text: string
  checked: Checked | null // of `text` as it is
  checking: boolean
  hours: number
  preview: Preview | null
  tried: string // the text that the preview is of
  cases: string // base64
  casesName: string
  from: string // whose copy it is, '' a new one
  begun: string // the text as it was at first
  warned: boolean // that the next step back gives it up
}
/** Something that is marked on the map, numbered from one. */
export interface Spot {
  lat: number
  lon: number
  title: string
}

export const NEW = `# What it is, in a line.
format = 1
name = "my_pattern"
version = 1
title = "In a few words"
status = "draft"
urgency = "caution"
description = """
What happens, why, and how it looks on a chart."""
because = "{v} goes slowly for {lasted}"
innocent = ["what else it could be, the likeliest first"]
references = ["ours: where it is described"]
definition = '''
my_pattern(v) = speed(v) < slow_below and offshore(v) > 3 NM
  lasting at least while
'''

[[parameter]]
name = "slow_below"
value = "3 kn"
least = "1 kn"
most = "5 kn"
source = "ours"

[[parameter]]
name = "while"
value = "30 min"
least = "10 min"
most = "2 h"
source = "ours"

[look]
sensor = ["camera"]
place = "from anywhere"
checklist = ["what it does"]
`.replaceAll('while', 'drifting')

export class Library {
  kept = false
  open = false
  list: Held[] = []
  unread: string[] = [] // a sentence for each that the node cannot read, and so does not look for
  offered: Offered[] = []
  archive = false
  problem = ''
  loaded = false
  search = ''
  chosen: { name: string; version: number } | null = null
  detail: Detail | null = null
  detailProblem = ''
  draft: Draft | null = null
  /** a decision that is once more asked for */
  deciding: 'activate' | 'withdraw' | null = null
  busy = false
  said = '' // what was done last; also for screen readers
  spot = -1 // the one of `spots` that is chosen
  private askedAt = -Infinity
  private asked = 0
  private timer = 0
  private polling = 0

  constructor(private readonly changed: () => void) {}

  /** Once a second, where the node keeps records. */
  second(): void {
    const every = this.open ? OPEN_S : AGAIN_S
    if (!document.hidden && performance.now() > this.askedAt + 1000 * every) void this.ask()
  }
  async ask(): Promise<void> {
    this.askedAt = performance.now()
    try {
      const told = await ask<{ patterns: Held[]; unread: string[]; archive: boolean; offered: Offered[] }>('patterns')
      this.list = told.patterns
      this.unread = told.unread
      this.archive = told.archive
      this.offered = told.offered
      this.kept = true
      this.problem = ''
    } catch (error) {
      this.problem = (error as Error).message
    }
    this.loaded = true
    this.changed()
  }

  /** How to find out what an alert of this kind was; of several versions the active one's. */
  lookOf(kind: string): Held | undefined {
    const mine = this.list.filter((one) => one.name === kind && one.state !== 'withdrawn')
    return mine.find((one) => one.state === 'active') ?? mine[0]
  }

  toggle(open = !this.open): void {
    this.open = open
    this.said = ''
    if (open) void this.ask()
    this.changed()
  }
  /** One step back: the decision, the text, the pattern, the panel. */
  back(): void {
    if (this.deciding) this.deciding = null
    else if (this.draft && this.draft.text !== this.draft.begun && !this.draft.warned) this.warn(this.draft)
    else if (this.draft) return void this.drop()
    else if (this.chosen) this.choose(null)
    else this.open = false
    this.changed()
  }
  private warn(draft: Draft): void {
    draft.warned = true
    this.detailProblem = 'Once more to give up what was written.'
  }
  find(text: string): void {
    this.search = text
    this.changed()
  }
  get found(): Held[] {
    const wanted = this.search.trim().toLowerCase()
    return this.list.filter((one) => !wanted || [one.name, one.title, one.state, one.signer, one.who].some((text) => text.toLowerCase().includes(wanted)))
  }

  // one pattern

  choose(one: { name: string; version: number } | null): void {
    this.chosen = one && { name: one.name, version: one.version }
    this.detail = null
    this.detailProblem = this.said = ''
    this.deciding = null
    this.spot = -1
    if (one) {
      this.open = true
      void this.askOne()
    }
    this.changed()
  }
  private async askOne(): Promise<void> {
    const mine = ++this.asked, { chosen } = this
    if (!chosen) return
    try {
      const detail = await ask<Detail>(`patterns/${encodeURIComponent(chosen.name)}?version=${chosen.version}`)
      if (mine === this.asked) this.detail = detail
    } catch (error) {
      if (mine === this.asked) this.detailProblem = (error as Error).message
    }
    this.changed()
  }
  decide(what: 'activate' | 'withdraw' | null): void {
    this.deciding = what
    this.detailProblem = ''
    this.changed()
  }
  async decided(who: string, why: string): Promise<void> {
    const { detail, deciding } = this
    if (!detail || !deciding || this.busy) return
    await this.work(async () => {
      this.detail = await ask<Detail>(`patterns/${encodeURIComponent(detail.name)}/${deciding}`, { body: { who, why, version: detail.version }, order: 'decided' })
      this.said = deciding === 'activate' ? `${detail.title}: active. It may raise alerts from now on.` : `${detail.title}: withdrawn. It is looked for no more.`
      this.deciding = null
      this.changed()
      await this.ask()
    })
  }
  private async work(todo: () => Promise<void>): Promise<void> {
    this.busy = true
    this.detailProblem = ''
    this.changed()
    try {
      await todo()
    } catch (error) {
      this.detailProblem = (error as Error).message
    }
    this.busy = false
    this.changed()
  }

  // a text

  write(text = NEW, from = ''): void {
    this.draft = { text, checked: null, checking: true, hours: 24, preview: null, tried: '', cases: '', casesName: '', from, begun: text, warned: false }
    this.detailProblem = this.said = ''
    this.deciding = null
    this.spot = -1
    void this.check()
    this.changed()
  }
  /** A copy of the pattern that is read, with the next version. */
  copy(): void {
    const { detail } = this
    if (!detail) return
    const next = Math.max(...detail.versions.map((v) => v.version)) + 1
    this.write(detail.text.replace(/^version\s*=\s*\d+/m, `version = ${next}`), detail.name)
  }
  drop(): void {
    if (this.draft?.preview?.state === 'running') void this.stop()
    this.draft = null
    this.spot = -1
    this.detailProblem = ''
    this.changed()
  }
  type(text: string): void {
    const { draft } = this
    if (!draft) return
    Object.assign(draft, { text, checking: true, warned: false })
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.check(), CHECK_MS)
    this.changed()
  }
  private async check(): Promise<void> {
    const { draft } = this, text = draft?.text
    if (!draft || text === undefined) return
    try {
      const checked = await ask<Checked>('patterns/check', { body: { text } })
      if (draft.text !== text) return
      Object.assign(draft, { checked, checking: false })
      if (!this.busy) this.detailProblem = ''
    } catch (error) {
      if (draft.text !== text) return
      draft.checking = false
      this.detailProblem = (error as Error).message
    }
    this.changed()
  }
  get good(): boolean {
    return Boolean(this.draft?.checked?.pattern) && !this.draft?.checking
  }

  /** "Would it have fired?" */
  async try(hours: number): Promise<void> {
    const { draft } = this
    if (!draft || draft.preview?.state === 'running') return
    draft.hours = hours
    draft.tried = draft.text
    this.spot = -1
    await this.work(async () => {
      draft.preview = await ask<Preview>('patterns/preview', { body: { text: draft.text, hours, cases: draft.cases } })
    })
    if (!this.detailProblem) this.follow(draft)
  }
  private follow(draft: Draft): void {
    clearTimeout(this.polling)
    this.polling = window.setTimeout(() => void this.look(draft), PREVIEW_MS)
  }
  private async look(draft: Draft): Promise<void> {
    const { preview } = draft
    if (!preview || this.draft !== draft) return
    try {
      draft.preview = await ask<Preview>(`patterns/preview/${preview.number}`)
    } catch (error) {
      const { status, message } = error as Problem
      if (status === 404) draft.preview = { ...preview, state: 'refused', problem: message } // the face was started anew
    }
    if (draft.preview?.state === 'running') this.follow(draft)
    this.changed()
  }
  async stop(): Promise<void> {
    const { draft } = this
    if (!draft?.preview) return
    try {
      draft.preview = await ask<Preview>(`patterns/preview/${draft.preview.number}`, { method: 'DELETE' })
    } catch (error) {
      this.detailProblem = (error as Error).message
    }
    this.changed()
  }
  prove(cases: string, casesName: string): void {
    if (this.draft) Object.assign(this.draft, { cases, casesName })
    this.changed()
  }
  async save(who: string): Promise<void> {
    const { draft } = this
    if (!draft || this.busy) return
    await this.work(async () => {
      const held = await ask<Detail>('patterns', { body: { who, text: draft.text, cases: draft.cases }, order: 'held', patience_ms: PATIENCE_MS })
      this.draft = null
      this.choose(held)
      this.said = `Held on trial: ${held.title}. It is looked for from now on, and told to nobody.`
      await this.ask()
    })
  }

  // on the map

  get trial(): Trial | null {
    if (!this.open) return null
    return this.draft ? (this.draft.preview?.trial ?? null) : (this.detail?.trial ?? null)
  }
  get spots(): Spot[] {
    return (this.trial?.examples ?? []).map((one) => ({ lat: one.lat_deg, lon: one.lon_deg, title: one.because }))
  }
}

/** "told 12: 4 confirmed, 2 false, 1 not said, 5 silently" */
export function inWords(c: Counts): string {
  if (!c.fired) return 'told nothing yet'
  const parts = [[c.confirmed, 'confirmed'], [c.false, 'false'], [c.open, 'not said'], [c.silent, 'silently']] as const // prettier-ignore
  return `told ${c.fired}: ${parts.filter(([n]) => n).map(([n, what]) => `${n} ${what}`).join(', ')}`
}

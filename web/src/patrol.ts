/** The patrol as the node tells it: the plan in force, cells with the age of their last look, what people ask of it. */
import { ask, Problem } from './answer'
import type { Corner } from './zones'

export interface Stop {
  purpose: 'cell' | 'vessel' | 'station' | 'way' // way: only a point that it passes
  name: string
  arrive: number // UTC s
  leave: number
  lat_deg: number
  lon_deg: number
}
export interface Sortie {
  vehicle: string
  start: string // '' aloft already
  launch: number
  lat_deg: number
  lon_deg: number
  stops: Stop[]
  end: string // '' lost on the way
  landing: number
  end_lat_deg: number
  end_lon_deg: number
}
export interface Look {
  time: number
  vehicle: string
  flown: boolean
}
export interface Cell {
  row: number
  corners: Corner[]
  lat_deg: number
  lon_deg: number
  every_h: number
  vessel: string
  weight: number
  watched: number
  heard: number | null // share of the AIS there, null not known
  heard_by: 'learned' | 'reach' | ''
  held: boolean
  age_s: number
  late: number // age over the demanded interval
  last: Look | null
  next: Look | null
}
export interface PatrolVehicle {
  name: string
  platform: string
  kind: 'aircraft' | 'surface' | 'underwater'
  home: string
  on_call: boolean
  endurance_h: number
}
export interface PatrolPlace {
  name: string
  ship: boolean
  offers: string[]
  way: [number, number, number][] // UTC s, lat_deg, lon_deg
  closed: [number, number][]
}
export interface Spell {
  from: number
  to: number
  night: boolean
  wind_mps: number
  sea_state: number
  visibility_m: number
  cloud_base_m: number | null
}
export interface Station {
  name: string
  lat_deg: number
  lon_deg: number
  within_m: number
  from: number
  to: number
}
export interface KeepOut {
  name: string
  corners: Corner[]
  kinds: string[]
  from: number
  to: number
}
interface Sheet {
  name?: string
  about?: string
  begin?: number
  end?: number
  spells?: Spell[]
  places?: PatrolPlace[]
  vehicles?: PatrolVehicle[]
  stations?: Station[]
  keep_out?: KeepOut[]
}
export interface Shortfall {
  demand: string
  because: string
  would: string
}
interface KeptPlan {
  number: number
  time: number
  begin: number
  end: number
  who: string
  why: string
}
export interface Wanted {
  name: string
  lat_deg: number
  lon_deg: number
  by: number
}
/** A zone that somebody wants patrolled. */
export interface Demand {
  name: string
  corners: Corner[]
  every_h: number
  weight: number
  vessel: string
}
/** What is asked for then: a polygon, or an alert and how far around it. */
export type Asking = Omit<Demand, 'corners' | 'weight' | 'vessel'> & { who: string; reason: string; weight: number | null; vessel: string | null } & ({ corners: readonly Corner[] } | { alert: number; around_km: number })
export interface Told {
  time: number
  state: 'planning' | 'in force' | 'over' | 'failed'
  problem: string
  said: string
  progress: { doing: string; share: number; text: string }
  improving: boolean
  changes: { lost: string[]; places: string[]; looks: Wanted[]; demands: Demand[] }
  plan: KeptPlan | null
  next: KeptPlan | null
  figures: Record<string, number>
  sheet: Sheet
  plans: KeptPlan[]
  asked: Asked[]
}
export interface Asked {
  number: number
  time: number
  who: string
  kind: string
  state: 'waiting' | 'working' | 'done' | 'failed'
  problem: string
  figures: Record<string, number>
  before: Record<string, number>
  shortfalls: Shortfall[]
  of: number
  tasks: number[]
  left_out: string[]
}
/** What somebody asks "what if" about, or a vessel that somebody is to look at. */
export interface Question {
  lost: string[]
  places: string[]
  wind_kn: number | null
  seconds: number
}
export interface Goal {
  name: string
  at: Corner | null
  speed_kn: number
  course_deg: number
  alert: number
}
interface PlanTold {
  number: number
  plan: { sorties: Sortie[]; shortfalls: Shortfall[]; end: number } | null
  next: { sorties: Sortie[]; end: number } | null
  sorties: Sortie[]
}

export type Tab = 'chart' | 'short' | 'what if' | 'look' | 'zone'
const POLL_S = 5, SOON_S = 1, CELLS_S = 20
export const LATE = [0.5, 0.8, 1, 2] as const // of the demanded interval: up to there
export const LATE_WORDS = ['fresh', 'half due', 'nearly due', 'late', 'twice late'] as const

const UNKNOWN = 'The node knows nothing of what was asked: its records are new. Ask it again.'

/** Which step of what radars hold a share is: 0 nothing … 3 all. */
export const SEEN = [0.01, 0.5, 0.99] as const
export const SEEN_WORDS = ['none', 'up to half', 'most', 'all'] as const
export const seenStep = (watched: number): number => SEEN.filter((edge) => watched >= edge).length
export const HEARD_LEAST = 0.5 // of the AIS in a cell: then it counts as heard

/** Which step of lateness an age is: 0 fresh … 4 more than twice as old as demanded. */
export function step(late: number): number {
  const at = LATE.findIndex((edge) => late <= edge)
  return at < 0 ? LATE.length : at
}

/** What a sortie does on its way. */
export const stopsOf = (s: Sortie): Stop[] => s.stops.filter((stop) => stop.purpose !== 'way')

/** Where a vehicle of a sortie is at a time (UTC s): straight between its stops. */
export function position(s: Sortie, time: number): Corner {
  let before: [number, Corner] = [s.launch, [s.lat_deg, s.lon_deg]]
  for (const [t, at] of ways(s)) {
    if (time <= t) {
      const part = t > before[0] ? Math.min(1, Math.max(0, (time - before[0]) / (t - before[0]))) : 1
      return [before[1][0] + part * (at[0] - before[1][0]), before[1][1] + part * (at[1] - before[1][1])]
    }
    before = [t, at]
  }
  return [s.end_lat_deg, s.end_lon_deg]
}
function* ways(s: Sortie): Generator<[number, Corner]> {
  for (const stop of s.stops) {
    yield [stop.arrive, [stop.lat_deg, stop.lon_deg]]
    yield [stop.leave, [stop.lat_deg, stop.lon_deg]]
  }
  yield [s.landing, [s.end_lat_deg, s.end_lon_deg]]
}

/** The part of a sortie's way between two times, as places. */
export function wayBetween(s: Sortie, from: number, to: number): Corner[] {
  const begin = Math.max(from, s.launch), end = Math.min(to, s.landing)
  if (end <= begin) return []
  const found: Corner[] = [position(s, begin)]
  for (const [t, at] of ways(s)) if (t > begin && t < end) found.push(at)
  found.push(position(s, end))
  return found
}

/** Where a base or ship is at a time (UTC s). */
export function placeAt(p: PatrolPlace, time: number): Corner {
  const way = p.way, after = way.findIndex((w) => w[0] > time)
  if (after <= 0) {
    const [, lat, lon] = after === 0 ? way[0]! : way.at(-1)!
    return [lat, lon]
  }
  const [t0, lat0, lon0] = way[after - 1]!, [t1, lat1, lon1] = way[after]!, part = (time - t0) / (t1 - t0)
  return [lat0 + part * (lat1 - lat0), lon0 + part * (lon1 - lon0)]
}

const wordsOfProposed = ({ tasks, left_out }: Asked): string => [`${tasks.length || 'No'} ${tasks.length === 1 ? 'task is' : 'tasks are'} proposed`, ...left_out.map((one) => `left out: ${one}`)].join('; ') + '.'

export class Patrol {
  /** whether the node file has a patrol */
  there = false
  /** ms of the page at which `told` came */
  heardAt = 0
  told: Told | null = null
  sorties: Sortie[] = [] // flown and planned, the next plan's too
  shortfalls: Shortfall[] = []
  cells: Cell[] = []
  byRow = new Map<number, Cell>()
  fresh = NaN // share of the demanded weight now
  view: 'age' | 'sees' = 'age' // of the layer
  open = false // the panel
  tab: Tab = 'chart'
  chosen: Sortie | null = null
  vehicle = '' // whose page is open, '' none
  problem = ''
  busy = false
  said = ''
  question: Question = { lost: [], places: [], wind_kn: null, seconds: 10 }
  goal: Goal | null = null
  zone = 0 // that is to be patrolled, its number; 0: none, or what is around the alert
  around = 0 // the alert that is to be patrolled around, 0 none
  picking = false // the next click on the map tells where the vessel is
  answer: Asked | null = null // of the what-if that was asked last
  private number = -1
  private nextNumber = -1
  private sheetName = ''
  private planAt = -Infinity
  private askedAt = -Infinity
  private cellsAt = -Infinity
  private awaited = 0
  private before: KeptPlan | null = null // that was held when the node was heard anew

  constructor(
    private readonly shown: () => boolean,
    private readonly changed: (what: 'plan' | 'cells' | 'patrol') => void,
  ) {}

  /** A node is there, again, or another one: which of these its plans tell. */
  begin(there: boolean): void {
    this.there = there
    this.before = this.told?.plan ?? this.before
    this.told = null
    this.number = this.nextNumber = -1
    this.askedAt = this.planAt = this.cellsAt = -Infinity
    if (!there) this.forget()
    this.changed('patrol')
  }
  /** What was of a node before, or of records that are no more. */
  private forget(): void {
    this.before = null
    this.sorties = []
    this.shortfalls = []
    this.cells = []
    this.byRow = new Map()
    this.fresh = NaN
    this.chosen = this.answer = null
    this.vehicle = this.said = this.problem = ''
    this.problemOf = this.awaited ? UNKNOWN : ''
    this.question = { lost: [], places: [], wind_kn: null, seconds: this.question.seconds }
    this.goal = null
    this.zone = this.around = this.awaited = 0
    this.picking = false
    if (this.tab === 'look') this.tab = 'chart' // its vessel is gone
    this.changed('plan')
    this.changed('cells')
  }

  get sheet(): Sheet {
    return this.told?.sheet ?? {}
  }
  get vehicles(): PatrolVehicle[] {
    return this.sheet.vehicles ?? []
  }
  get places(): PatrolPlace[] {
    return this.sheet.places ?? []
  }
  vehicleOf(name: string): PatrolVehicle | undefined {
    return this.vehicles.find((v) => v.name === name)
  }
  /** The sorties that are out at a time. */
  out(time: number): Sortie[] {
    return this.sorties.filter((s) => s.launch <= time && time < s.landing)
  }

  // what the node says

  /** Once a second: asked for now and then, sooner while something is being planned. */
  second(): void {
    if (!this.there || document.hidden) return
    const now = performance.now() / 1000, hurried = Boolean(this.awaited || (this.open && this.told?.progress.doing) || this.told?.state === 'planning')
    if (now >= this.askedAt + (hurried ? SOON_S : POLL_S)) void this.fetch()
    if (this.told?.plan && (this.shown() || this.open) && now >= this.cellsAt + CELLS_S) void this.fetchCells()
  }

  private async fetch(): Promise<void> {
    this.askedAt = performance.now() / 1000
    try {
      this.told = await ask<Told>('patrol')
      this.heardAt = performance.now()
      this.problem = ''
      if (this.before && !this.told.plans.some((p) => p.number === this.before!.number && p.time === this.before!.time)) this.forget()
      this.before = null
      const number = this.told.plan?.number ?? 0, next = this.told.next?.number ?? 0, sheet = `${this.told.sheet.name} ${this.told.sheet.begin}`
      if (number !== this.number || next !== this.nextNumber || sheet !== this.sheetName) await this.fetchPlan(number, next, sheet)
      if (this.awaited) await this.follow()
    } catch (error) {
      const { status, message } = error as Problem
      this.problem = status === 404 && !this.told ? '' : message
    }
    this.changed('patrol')
  }
  private async fetchPlan(number: number, next: number, sheet: string): Promise<void> {
    if (!number || performance.now() / 1000 < this.planAt + SOON_S) return
    this.planAt = performance.now() / 1000
    const told = await ask<PlanTold>('patrol/plan')
    this.sorties = [...told.sorties, ...(told.next?.sorties ?? [])].sort((a, b) => a.launch - b.launch)
    this.shortfalls = told.plan?.shortfalls ?? []
    if (this.chosen) this.chosen = this.sorties.find((s) => s.vehicle === this.chosen!.vehicle && s.launch === this.chosen!.launch) ?? null
    this.number = number
    this.nextNumber = next
    this.sheetName = sheet
    this.cellsAt = -Infinity
    this.changed('plan')
  }
  private async fetchCells(): Promise<void> {
    this.cellsAt = performance.now() / 1000
    try {
      const told = await ask<{ cells: Cell[]; fresh: number }>('patrol/cells')
      this.cells = told.cells
      this.byRow = new Map(told.cells.map((c) => [c.row, c]))
      this.fresh = told.fresh
      this.changed('cells')
    } catch {
      this.cellsAt += SOON_S - CELLS_S // while it is being prepared
    }
  }
  private async follow(): Promise<void> {
    const found = await ask<Asked>(`patrol/asked/${this.awaited}`).catch((error: unknown) => {
      if (error instanceof Problem && error.status === 404) return null
      throw error
    })
    if (!found) {
      this.awaited = 0
      this.said = ''
      this.problemOf = UNKNOWN
      return
    }
    if (found.state === 'waiting' || found.state === 'working') return
    this.awaited = 0
    if (found.kind === 'what if') this.answer = found
    this.said = found.state === 'failed' ? '' : found.kind === 'propose' ? wordsOfProposed(found) : { 'what if': 'Answered.', adopt: 'It is in force.' }[found.kind] ?? 'The plan is changed.'
    this.problemOf = found.state === 'failed' ? found.problem : ''
  }
  /** why what was asked last failed, a sentence */
  problemOf = ''
  get waiting(): boolean {
    return this.awaited > 0
  }

  // what people do

  toggle(open = !this.open): void {
    this.open = open
    this.picking = false
    if (open) this.askedAt = this.cellsAt = -Infinity
    this.changed('patrol')
  }
  show(tab: Tab): void {
    this.tab = tab
    this.open = true
    this.said = this.problemOf = ''
    this.picking = tab === 'look' && !this.goal?.at
    if (tab === 'look') this.goal ??= { name: '', at: null, speed_kn: 0, course_deg: 0, alert: 0 }
    this.changed('patrol')
  }
  see(view: 'age' | 'sees'): void {
    this.view = view
    this.changed('cells')
  }
  choose(s: Sortie | null): void {
    this.chosen = s
    this.vehicle = ''
    this.changed('plan')
  }
  chooseVehicle(name: string): void {
    this.vehicle = name
    this.chosen = null
    this.changed('plan')
  }
  /** A vessel or place that the patrol is to look at. */
  lookAt(goal: Goal): void {
    this.goal = goal
    this.show('look')
  }
  /** The form for a zone that is to be patrolled. */
  zoneOf(number: number): void {
    this.zone = number
    this.show('zone')
  }
  /** The same form for what is around an alert. */
  aroundOf(alert: number): void {
    this.around = alert
    this.zoneOf(0)
  }
  get circled(): boolean {
    return this.around > 0 && this.zone === 0
  }
  putPlace(at: Corner): void {
    if (!this.goal) return
    this.goal = { ...this.goal, at }
    this.picking = false
    this.changed('patrol')
  }
  pick(): void {
    this.picking = true
    this.changed('patrol')
  }
  ask(who: string): Promise<void> {
    const { lost, places, wind_kn, seconds } = this.question
    return this.order('what-if', { who, lost, places, wind_kn, seconds })
  }
  adopt(who: string, reason: string): Promise<void> {
    return this.order('adopt', { who, reason, number: this.answer?.number, plan: this.answer?.of })
  }
  lose(who: string, name: string, back: boolean, reason: string): Promise<void> {
    return this.order('lost', { who, name, back, reason })
  }
  look(who: string, within_min: number, stay_min: number, reason: string): Promise<void> {
    const { name, at, speed_kn, course_deg, alert } = this.goal!
    return this.order('look', { who, reason, name, lat_deg: at![0], lon_deg: at![1], speed_kn, course_deg, within_min, stay_min, alert })
  }
  demand(asked: Asking): Promise<void> {
    return this.order('demand', asked)
  }
  /** A zone is not to be patrolled any more. */
  giveUp(who: string, name: string): Promise<void> {
    return this.order('demand', { who, name, back: true })
  }
  propose(who: string, s: Sortie): Promise<void> {
    return this.order('propose', { who, vehicle: s.vehicle, launch: s.launch })
  }
  private async order(path: string, body: unknown): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.said = this.problemOf = ''
    this.changed('patrol')
    try {
      const told = await ask<Asked>(`patrol/${path}`, { body, order: 'asked' })
      this.awaited = told.number
      if (path === 'what-if') this.answer = null
    } catch (error) {
      this.problemOf = (error as Problem).message
    }
    this.busy = false
    this.askedAt = -Infinity
    this.changed('patrol')
  }
}

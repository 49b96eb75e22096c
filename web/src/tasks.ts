/** What our vehicles and cameras are asked to do: the tasks as the node tells them, the one that is being asked for, and decisions. */
import { ask } from './answer'
import type { Asset } from './assets'
import type { Corner } from './zones'
import { place, share } from './words'

export const STATES = ['proposed', 'accepted', 'sent', 'under way', 'late', 'done', 'refused', 'declined', 'expired', 'failed', 'lost', 'withdrawn'] as const
export type State = (typeof STATES)[number]
/** By form, so that no meaning is carried by colour alone; the word stands beside it. */
export const STATE_SIGNS: Record<State, string> = { proposed: '?', accepted: '◇', sent: '→', 'under way': '▶', late: '▲', done: '✓', refused: '✕', declined: '✕', expired: '–', failed: '✕', lost: '✕', withdrawn: '–' } // prettier-ignore
export const KINDS = ['look', 'follow', 'search', 'hold', 'listen', 'still', 'clip', 'return', 'land'] as const
export type Kind = (typeof KINDS)[number]
/** What each needs to be told: a vessel, a place, places one after the other. */
export const NEEDS: Record<Kind, { vessel: boolean; places: number }> = {
  look: { vessel: true, places: 1 }, follow: { vessel: true, places: 0 }, search: { vessel: false, places: 200 }, hold: { vessel: false, places: 1 },
  listen: { vessel: false, places: 1 }, still: { vessel: true, places: 1 }, clip: { vessel: true, places: 1 }, return: { vessel: false, places: 0 }, land: { vessel: true, places: 1 },
} // prettier-ignore
const OPEN: readonly State[] = ['proposed', 'accepted', 'sent', 'under way', 'late']
const TAKES_S = 30 // the node file may change meanwhile
const SEARCH_LEAST = 2

export interface Turn {
  time: number
  state: State
  who: string
  why: string
}
export interface Task {
  number: number
  asset: string
  kind: Kind
  state: State
  since: number
  over: boolean
  version: number
  who: string
  time: number
  places: Corner[]
  vessel: number
  height_m: number | null
  begin: number | null
  until: number | null
  reason: string
  alert: number
  progress: number | null
  said: string
  called_off: boolean
  turns: Turn[]
}
export interface Taking {
  asset: string
  operator: string
  kinds: Kind[]
  accepts: Kind[]
}
/** A task that is being asked for. `picking`: the next click on the map tells where, or whom. */
export interface Draft {
  asset: string
  kind: Kind
  places: Corner[]
  vessel: number
  picking: boolean
}
export type Decision = 'accept' | 'refuse' | 'withdraw'

/** "under way 40 %" */
export function stateWords(t: Task): string {
  return `${t.state}${(t.state === 'under way' || t.state === 'late') && t.progress !== null ? ` ${share(t.progress)}` : ''}`
}

/** "look at MARU 9", "search along 4 places", "return". */
export function taskWords(t: { kind: Kind; vessel: number; places: readonly Corner[] }, nameOf: (id: number) => string): string {
  const whom = t.vessel ? nameOf(t.vessel) : t.places[0] ? place(...t.places[0]) : ''
  switch (t.kind) {
    case 'look': return `look at ${whom}`
    case 'follow': return `follow ${whom}`
    case 'search': return `search along ${t.places.length} places`
    case 'hold': return `hold at ${whom}`
    case 'listen': return `listen at ${whom}`
    case 'still': return `still of ${whom}`
    case 'clip': return `clip of ${whom}`
    case 'return': return 'return'
    case 'land': return whom ? `land at ${whom}` : 'land at home'
  } // prettier-ignore
}

export class Tasks {
  kept = false // whether the node keeps tasks at all
  list: Task[] = [] // the newest first
  takes: Taking[] = []
  draft: Draft | null = null
  open = false // the panel
  problem = ''
  busy = false
  said = '' // for screen readers
  private byNumber = new Map<number, Task>()
  private askedAt = -Infinity

  constructor(private readonly changed: () => void) {}

  /** Those that are new or changed. */
  hear(tasks: Task[]): void {
    this.kept = true
    for (const t of tasks) {
      const known = this.byNumber.get(t.number)
      if (known && known.version > t.version) continue // an answer that the stream was faster than
      if (known && known.state !== t.state) this.said = `Task ${t.number} of ${t.asset}: ${t.state}`
      this.byNumber.set(t.number, t)
    }
    this.list = [...this.byNumber.values()].sort((a, b) => b.number - a.number)
    this.changed()
  }

  /** A new connection: all that matter are told again. */
  forget(): void {
    this.byNumber.clear()
    this.list = []
  }

  get underWay(): Task[] {
    return this.list.filter((t) => !t.over).sort((a, b) => OPEN.indexOf(a.state) - OPEN.indexOf(b.state) || a.number - b.number)
  }
  get over(): Task[] {
    return this.list.filter((t) => t.over).sort((a, b) => b.since - a.since)
  }
  get proposed(): number {
    return this.list.filter((t) => t.state === 'proposed').length
  }
  of(asset: string): Task[] {
    return [...this.underWay, ...this.over].filter((t) => t.asset === asset)
  }
  taking(asset: string): Taking | undefined {
    return this.takes.find((t) => t.asset === asset)
  }

  toggle(open = !this.open): void {
    this.open = open
    this.changed()
  }

  /** Once a second: who takes what, asked for now and then while somebody looks. */
  second(wanted: boolean): void {
    if (!wanted || document.hidden || performance.now() < this.askedAt + 1000 * TAKES_S) return
    this.askedAt = performance.now()
    void this.askTakes()
  }
  private async askTakes(): Promise<void> {
    try {
      this.takes = (await ask<{ takes: Taking[] }>('tasks?state=open&limit=1')).takes
      this.kept = true
    } catch {
      this.askedAt -= 1000 * (TAKES_S - 5) // soon again
    }
    this.changed()
  }

  // the one that is asked for

  begin(asset: Asset, kind: Kind, vessel = 0): void {
    const needs = NEEDS[kind]
    this.draft = { asset: asset.name, kind, places: [], vessel: needs.vessel ? vessel : 0, picking: false }
    this.draft.picking = !this.whole
    this.problem = ''
    this.changed()
  }
  drop(): void {
    this.draft = null
    this.problem = ''
    this.changed()
  }
  /** Another kind: what it needs as well is kept. */
  become(kind: Kind): void {
    const { draft } = this
    if (!draft) return
    const needs = NEEDS[kind]
    draft.kind = kind
    draft.vessel = needs.vessel ? draft.vessel : 0
    draft.places = draft.vessel ? [] : draft.places.slice(0, needs.places)
    draft.picking = !this.whole
    this.problem = ''
    this.changed()
  }
  /** Whether all that the kind needs has been told. */
  get whole(): boolean {
    const { draft } = this
    if (!draft) return false
    const needs = NEEDS[draft.kind]
    return draft.kind === 'search' ? draft.places.length >= SEARCH_LEAST : draft.vessel > 0 || draft.places.length > 0 || (!needs.vessel && !needs.places)
  }
  pick(on = true): void {
    if (!this.draft) return
    this.draft.picking = on
    this.changed()
  }
  putPlace(at: Corner): void {
    const { draft } = this
    if (!draft) return
    const most = NEEDS[draft.kind].places
    if (!most) return this.fail(`To ${draft.kind} takes a vessel: click one on the map or in the list.`)
    const where: Corner = [at[0], ((((at[1] + 180) % 360) + 360) % 360) - 180]
    draft.places = most === 1 ? [where] : [...draft.places, where].slice(0, most)
    draft.vessel = 0
    draft.picking = most > 1
    this.problem = ''
    this.said = place(...where)
    this.changed()
  }
  putVessel(id: number): void {
    const { draft } = this
    if (!draft || !NEEDS[draft.kind].vessel) return
    draft.vessel = id
    draft.places = []
    draft.picking = false
    this.problem = ''
    this.changed()
  }
  undo(): void {
    if (!this.draft) return
    this.draft.places = this.draft.places.slice(0, -1)
    this.draft.picking = true
    this.changed()
  }
  private fail(sentence: string): void {
    this.problem = sentence
    this.changed()
  }

  /** Proposes it. */
  async propose(told: { who: string; reason: string; until: number | null; height_m: number | null; alert: number }): Promise<Task | null> {
    const { draft } = this
    if (!draft || this.busy) return null
    this.busy = true
    this.problem = ''
    this.changed()
    let made: Task | null = null
    try {
      const { asset, kind, places, vessel } = draft
      made = await ask<Task>('tasks', { body: { ...told, asset, kind, places, vessel }, order: 'proposed' })
      this.draft = null
    } catch (error) {
      this.problem = (error as Error).message
    }
    this.busy = false
    if (made) this.hear([made])
    else this.changed()
    return made
  }

  /** One decision about one task; an error's message is a sentence for people. */
  async decide(task: Task, decision: Decision, who: string, note: string): Promise<void> {
    this.hear([await ask<Task>(`tasks/${task.number}/${decision}`, { body: { who, version: task.version, note }, order: 'decided' })])
  }
}

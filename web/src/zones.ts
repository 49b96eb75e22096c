/** Zones as the node tells them, and the one that an officer draws or changes: its corners, its rule, its way to the node. */
import { ask, Problem, sentence } from './answer'
import { placeOf } from './corners'
import { place } from './words'

export const KINDS = ['zone', 'closed', 'fishing', 'anchorage', 'waiting', 'port', 'lane', 'cable'] as const
export type Kind = (typeof KINDS)[number]
export const TYPES = ['cargo', 'tanker', 'passenger', 'fishing', 'pleasure', 'high_speed', 'service', 'other', 'unknown'] as const
export type Corner = readonly [lat: number, lon: number]
export type Shape = 'polygon' | 'line'
const UNDO_MAX = 200
const CORNERS_MAX = 2000
const WIDTH_M = 500 // of a line to either side, at first

export interface Watch {
  enter?: boolean
  leave?: boolean
  speed_kn?: number
  dwell_min?: number
  types?: string[]
  flags?: number[]
  months?: number[]
  urgency?: string
}
export interface Zone {
  number: number // 0: not kept yet
  revision: number
  from_file: boolean
  who: string
  name: string
  kind: Kind
  shape: Shape
  rings: Corner[][] // outer ring and holes, not closed; the points of a line
  width_m: number
  watch: Watch | null
}
interface Feature {
  id: number
  properties: { name: string; kind: Kind; revision: number; from_file: boolean; who: string; width_m?: number; watch?: Watch }
  geometry: { type: 'Polygon'; coordinates: [number, number][][] } | { type: 'LineString'; coordinates: [number, number][] }
}
/** `drawing`: corners are being put; else they are dragged and the zone is told about. */
export interface Draft extends Zone {
  drawing: boolean
  corner: number // the chosen one, -1 none
}

function zoneOf({ id, properties: p, geometry: g }: Feature): Zone {
  const turn = (c: readonly (readonly [number, number])[]): Corner[] => c.map(([lon, lat]) => [lat, lon])
  const rings = g.type === 'LineString' ? [turn(g.coordinates)] : g.coordinates.map((ring) => turn(ring).slice(0, -1))
  const { name, kind, revision, from_file, who } = p
  return { number: id, revision, from_file, who, name, kind, shape: g.type === 'LineString' ? 'line' : 'polygon', rings, width_m: p.width_m ?? 0, watch: p.watch ?? null }
}

export function featureOf(z: Zone): object {
  const turn = (ring: readonly Corner[]): number[][] => ring.map(([lat, lon]) => [round(lon), round(lat)])
  const geometry = z.shape === 'line' ? { type: 'LineString', coordinates: turn(z.rings[0]!) } : { type: 'Polygon', coordinates: z.rings.map((r) => turn([...r, r[0]!])) }
  const properties = { name: z.name, kind: z.kind, ...(z.shape === 'line' ? { width_m: z.width_m } : {}), ...(z.watch ? { watch: z.watch } : {}) }
  return { type: 'Feature', properties, geometry }
}
const round = (deg: number): number => Math.round(deg * 1e6) / 1e6 // 0.1 m

/** "enter, above 12 kn; warning", or what it is drawn for. */
export function ruleOf(z: Zone): string {
  const w = z.watch
  if (!w) return 'not watched'
  const what = [w.enter ? 'enter' : '', w.leave ? 'leave' : '', w.speed_kn ? `above ${w.speed_kn} kn` : '', w.dwell_min ? `longer than ${w.dwell_min} min` : ''].filter(Boolean).join(', ') || 'nothing'
  const whom = [...(w.types ?? []).map((t) => t.replace('_', ' ')), ...(w.flags ?? [])].join(', ')
  return `${what}${whom ? ` by ${whom}` : ''}${w.months?.length ? `, months ${w.months.join(', ')}` : ''}; ${w.urgency ?? 'caution'}`
}

export class Zones {
  kept = false // whether the node keeps zones
  open = false // the panel
  list: Zone[] = []
  draft: Draft | null = null
  problem = ''
  busy = false
  /** a zone that is to be taken away, once more asked for */
  leaving: Zone | null = null
  said = '' // for screen readers
  private steps: Corner[][] = []

  constructor(private readonly changed: () => void) {}

  hear(features: Feature[]): void {
    this.kept = true
    this.list = features.map(zoneOf)
    this.changed()
  }

  toggle(open = !this.open): void {
    this.open = open
    if (!open) this.drop()
    this.changed()
  }

  /** The kept zone of the draft, as it is now; null where it is new, or was taken away. */
  get theirs(): Zone | null {
    return this.list.find((z) => z.number === this.draft?.number) ?? null
  }
  /** Whether somebody else has changed or taken away what is being changed here. */
  get overtaken(): boolean {
    const { draft } = this
    return !!draft?.number && this.theirs?.revision !== draft.revision && !this.busy
  }

  begin(shape: Shape): void {
    const kind = shape === 'line' ? 'cable' : 'zone', name = ''
    this.edit({ number: 0, revision: 0, from_file: false, who: '', name, kind, shape, rings: [[]], width_m: shape === 'line' ? WIDTH_M : 0, watch: null }, true)
    this.say(`Drawing a ${shape}: put its corners`)
  }
  edit(zone: Zone, drawing = false): void {
    this.steps = []
    this.warned = false
    this.problem = ''
    this.leaving = null
    this.draft = { ...structuredClone(zone), drawing, corner: -1 }
    this.changed()
  }
  drop(): void {
    this.draft = this.leaving = null
    this.problem = ''
    this.changed()
  }

  get corners(): Corner[] {
    return this.draft?.rings[0] ?? []
  }
  get least(): number {
    return this.draft?.shape === 'line' ? 2 : 3
  }
  get done(): boolean {
    return new Set(this.corners.map(String)).size >= this.least
  }

  /** Other corners, one step that can be undone; `same`: part of the step before, as while dragging. */
  put(corners: Corner[], corner = -1, same = false): void {
    const { draft } = this
    if (!draft || corners.length > CORNERS_MAX) return
    if (!same) this.steps = [...this.steps.slice(-UNDO_MAX), this.corners]
    draft.rings = [corners, ...draft.rings.slice(1)]
    draft.corner = corner
    this.warned = false
    this.problem = ''
    this.changed()
  }
  add(at: Corner): void {
    const last = this.corners.at(-1)
    if (last && last[0] === at[0] && last[1] === at[1]) return // the second click of a double click
    const lon = last ? at[1] + 360 * Math.round((last[1] - at[1]) / 360) : at[1] // on, across the antimeridian
    this.put([...this.corners, [at[0], lon]], this.corners.length)
    this.say(`Corner ${this.corners.length}: ${place(...at)}`)
  }
  remove(corner = this.draft?.corner ?? -1): void {
    if (corner < 0 || corner >= this.corners.length) return
    if (!this.draft?.drawing && this.corners.length <= this.least) return this.fail(`A ${this.draft?.shape} has at least ${this.least} corners.`)
    this.put(this.corners.filter((_, i) => i !== corner))
    this.say(`Corner ${corner + 1} removed`)
  }
  undo(): void {
    const before = this.steps.pop()
    if (!before) return
    const steps = this.steps
    this.put(before, -1, true)
    this.steps = steps
    this.say(`Undone: ${before.length} corners`)
  }
  get undoable(): boolean {
    return this.steps.length > 0
  }
  finish(): void {
    const { draft } = this
    if (!draft?.drawing) return
    if (!this.done) return this.fail(`A ${draft.shape} needs ${this.least} corners at least, it has ${this.corners.length}.`)
    draft.drawing = false
    draft.corner = -1
    this.problem = ''
    this.say('Drawn: give it a name and save it')
    this.changed()
  }

  /** Corners as text, one a line. */
  get text(): string {
    return this.corners.map(([lat, lon]) => place(lat, ((((lon + 180) % 360) + 360) % 360) - 180)).join('\n')
  }
  read(text: string): void {
    const lines = text.split('\n').filter((line) => line.trim()), found = lines.map(placeOf), wrong = found.indexOf(null)
    if (wrong >= 0) return this.fail(`Corner ${wrong + 1} cannot be read: expected a place such as 26°12.500′N 127°40.000′E or 26.2083, 127.6667.`)
    if (found.length < this.least) return this.fail(`A ${this.draft?.shape} needs ${this.least} corners at least, here are ${found.length}.`)
    const corners: Corner[] = []
    for (const [lat, lon] of found as Corner[]) corners.push([lat, corners.length ? lon + 360 * Math.round((corners.at(-1)![1] - lon) / 360) : lon])
    this.put(corners)
  }

  warned = false // that the next Esc gives up what was drawn
  warn(): void {
    this.warned = true
    this.fail('Press Esc once more to give up what was drawn.')
  }
  fail(sentence: string): void {
    this.problem = sentence
    this.changed()
  }
  private say(text: string): void {
    this.said = text
  }

  /** To the node; another officer's change since is told, and nothing is lost. */
  async save(who: string): Promise<void> {
    const { draft } = this
    if (!draft || this.busy) return
    const told = { who, zone: featureOf(draft), ...(draft.number ? { revision: draft.revision } : {}) }
    if (await this.tell(draft.number ? `zones/${draft.number}` : 'zones', draft.number ? 'PUT' : 'POST', told)) {
      this.say(`Saved: ${draft.name}`)
      this.drop()
    }
  }
  async takeAway(who: string): Promise<void> {
    const zone = this.leaving
    if (!zone || this.busy) return
    const query = new URLSearchParams({ who, revision: String(zone.revision) })
    if (await this.tell(`zones/${zone.number}?${query}`, 'DELETE')) {
      this.say(`Taken away: ${zone.name}`)
      this.drop()
    }
  }
  /** After somebody else's change: theirs instead, or mine over theirs. */
  takeTheirs(): void {
    const { theirs } = this
    if (theirs) this.edit(theirs)
    else this.drop()
  }
  keepMine(): void {
    const { draft, theirs } = this
    if (!draft) return
    draft.number = theirs?.number ?? 0 // what was taken away is drawn again
    draft.revision = theirs?.revision ?? 0
    this.problem = ''
    this.changed()
  }

  private async tell(path: string, method: string, body?: unknown): Promise<boolean> {
    this.busy = true
    this.problem = ''
    this.changed()
    try {
      await ask(path, { method, body, order: method === 'DELETE' ? 'taken away' : 'saved', unread: true })
    } catch (error) {
      const { message, status, detail } = error as Problem
      this.problem = detail ? sentence(detail.replace(/^zone: /, '')) : status === 413 ? 'The zone has too many corners to be kept.' : message
    }
    this.busy = false
    this.changed()
    return !this.problem
  }
}

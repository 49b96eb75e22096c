/** What the officer has chosen: palette, filters, layers, selection, view; kept in the page's address. */
import { PALETTE_NAMES, type PaletteName } from './palettes'
import { AIS, CATEGORIES, LOST_AIS, RADAR, SEEN, type Picture } from './picture'

/** How a vessel is held now; the filter by source. */
export const HOLDS = ['radar only', 'AIS only', 'both', 'AIS lost', 'seen only', 'not held'] as const
export const STATUSES = ['live', 'coasting', 'faded'] as const
export const SORTS = ['name', 'age', 'speed', 'category'] as const
export type Sort = (typeof SORTS)[number]
export const LAYERS = ['names', 'vectors', 'trails', 'ellipses', 'cover', 'plots', 'marks', 'fleets', 'zones', 'mesh', 'assets', 'tasks', 'reports', 'patrol'] as const
export type Layer = (typeof LAYERS)[number]
/** Layers that somebody has to ask for. */
const QUIET: readonly Layer[] = ['patrol']
/** What the coast has taught, one of them or none under the vessels. */
export const LEARNED = ['traffic', 'reception', 'radar', 'anchorages'] as const
export type Learned = (typeof LEARNED)[number]

export function holdOf(source: number): number {
  if (source & LOST_AIS && source & (RADAR | SEEN)) return 3
  const held = source & (RADAR | AIS)
  if (!held && !(source & SEEN)) return 5
  return held === (RADAR | AIS) ? 2 : held === RADAR ? 0 : held ? 1 : 4
}

export class Settings extends EventTarget {
  palette: PaletteName = 'day'
  search = ''
  categories = allOn(CATEGORIES.length)
  holds = allOn(HOLDS.length)
  statuses = allOn(STATUSES.length)
  layers = new Set<Layer>(LAYERS.filter((l) => !QUIET.includes(l)))
  learned: Learned | '' = ''
  sort: Sort = 'name'
  locked = false
  selected = 0 // vessel id, 0 none
  asset = '' // name of one of our own, '' none
  vector_min = 6
  view: { lat: number; lon: number; z: number } | null = null
  readonly thin: boolean

  constructor(query: string) {
    super()
    const q = new URLSearchParams(query)
    const number = (key: string): number => (q.get(key) === null ? NaN : Number(q.get(key)))
    const palette = PALETTE_NAMES.find((p) => p === q.get('palette'))
    this.palette = palette ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dusk' : 'day')
    this.search = q.get('search') ?? ''
    this.categories = bits(q.get('categories'), CATEGORIES.length)
    this.holds = bits(q.get('sources'), HOLDS.length)
    this.statuses = bits(q.get('status'), STATUSES.length)
    const hidden = q.get('hide')
    if (hidden !== null) this.layers = new Set(LAYERS.filter((l) => !hidden.split(',').includes(l)))
    this.learned = LEARNED.find((l) => l === q.get('learned')) ?? ''
    this.sort = SORTS.find((s) => s === q.get('sort')) ?? 'name'
    this.selected = number('vessel') || 0
    this.asset = this.selected ? '' : (q.get('asset') ?? '')
    this.vector_min = number('vector') || 6
    this.thin = q.get('thin') === '1'
    const lat = number('lat'), lon = number('lon'), z = number('z')
    if (Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && z >= 0) this.view = { lat, lon, z }
  }

  /** Tells everyone what kind of choice changed; the address follows. */
  changed(what: 'palette' | 'filter' | 'layers' | 'learned' | 'selection' | 'asset' | 'view' | 'list'): void {
    this.dispatchEvent(new CustomEvent(what))
    this.dispatchEvent(new CustomEvent('any', { detail: what }))
    this.writeAddress()
  }

  select(id: number): void {
    if (id === this.selected) return
    this.selected = id
    this.changed('selection')
  }

  get filtering(): boolean {
    return this.search !== '' || [this.categories, this.holds, this.statuses].some((a) => a.includes(false))
  }

  clearFilters(): void {
    this.search = ''
    this.categories = allOn(CATEGORIES.length)
    this.holds = allOn(HOLDS.length)
    this.statuses = allOn(STATUSES.length)
    this.changed('filter')
  }

  /** Whether the filters let a slot of the picture through; distress always passes. */
  passes(p: Picture, s: number, words: readonly string[]): boolean {
    const category = p.category[s]!
    if (category === 10) return true
    if (this.categories[category] === false || !this.holds[holdOf(p.source[s]!)] || this.statuses[p.status[s]!] === false) return false
    const text = p.searched[s] ?? ''
    return words.every((w) => text.includes(w))
  }

  get words(): string[] {
    return this.search.toUpperCase().split(/\s+/).filter(Boolean)
  }

  private pending = 0
  private writeAddress(): void {
    clearTimeout(this.pending)
    this.pending = window.setTimeout(() => history.replaceState(null, '', `?${this.query()}`), 250)
  }

  query(): string {
    const q = new URLSearchParams()
    if (this.view) {
      q.set('lat', this.view.lat.toFixed(5))
      q.set('lon', this.view.lon.toFixed(5))
      q.set('z', this.view.z.toFixed(2))
    }
    q.set('palette', this.palette)
    if (this.search) q.set('search', this.search)
    for (const [key, on] of [['categories', this.categories], ['sources', this.holds], ['status', this.statuses]] as const)
      if (on.includes(false)) q.set(key, on.flatMap((yes, i) => (yes ? [i] : [])).join(','))
    const hidden = LAYERS.filter((l) => !this.layers.has(l))
    if (hidden.join() !== QUIET.join()) q.set('hide', hidden.join(','))
    if (this.learned) q.set('learned', this.learned)
    if (this.sort !== 'name') q.set('sort', this.sort)
    if (this.selected) q.set('vessel', String(this.selected))
    if (this.asset) q.set('asset', this.asset)
    if (this.vector_min !== 6) q.set('vector', String(this.vector_min))
    if (this.thin) q.set('thin', '1')
    return q.toString()
  }
}

function allOn(n: number): boolean[] {
  return Array<boolean>(n).fill(true)
}

/** "0,3" -> the numbers that are on; absent: all. */
function bits(text: string | null, n: number): boolean[] {
  if (text === null) return allOn(n)
  const on = new Set(text.split(',').filter(Boolean).map(Number))
  return Array.from({ length: n }, (_, i) => on.has(i))
}

/** Other nodes of the mesh and the links between them: as the node tells it, as lines and places on the map, in words. */
import * as maplibre from 'maplibre-gl'
import { wordsOfCover, type NodeCover } from './cover'
import type { Palette } from './palettes'
import type { Settings } from './settings'
import { offset, roughAge } from './words'

export interface ToldLink {
  peer: string
  name: string
  profile: string
  round_trip_s: number | null
  waiting: number | null
}
export interface MeshNode {
  author: string
  name: string
  lat_deg: number | null
  lon_deg: number | null
  vessels: number
  sensors?: number | null // with which it watches
  heard_s: number | null
  through: string
  clock_offset_s: number | null
  release: string
  links: ToldLink[]
}
export interface MeshLink extends ToldLink {
  address: string
  greeted: boolean
  up_s: number
  silent_s: number
  clock_offset_s: number | null
  waiting: number
  under_way: number
  sent_bytes: number
  got_bytes: number
  resent: number
  again: number
}
export interface Mesh {
  me: { author: string; name: string; clock_error_s: number; lat_deg?: number | null; lon_deg?: number | null }
  nodes: MeshNode[]
  links: MeshLink[]
  missing?: { address: string; profile: string; since_s: number }[]
  refused: Record<string, Record<string, number>>
  unknown: Record<string, number>
}

/** What a link is worth: it carries all; it is full or not greeted yet; nobody who is heard now has it. */
export type Worth = 'good' | 'full' | 'down'
/** A node where it stands. */
export interface Spot {
  author: string
  name: string
  lat: number
  lon: number
  own: boolean
  heard: boolean
}

export const UNHEARD_S = 60 // as the node's alarm has it
export const BACKLOG = 200 // batches, likewise
const REACH_PX = 14
const EMPTY = { type: 'FeatureCollection' as const, features: [] }
const LINES: readonly [Worth, number, number[] | null][] = [['down', 2, [1, 2.5]], ['full', 3, [3, 1.5]], ['good', 2, null]] // width px, dashes

export const isHeard = (n: MeshNode): boolean => n.heard_s !== null && n.heard_s <= UNHEARD_S && n.through !== ''
const ms = (s: number | null): string => (s === null ? 'not measured' : s < 1 ? `${Math.round(1000 * s)} ms` : `${s.toFixed(1)} s`)
const isPlaced = (p: { lat_deg?: number | null; lon_deg?: number | null }): boolean => Number.isFinite(p.lat_deg ?? NaN) && Number.isFinite(p.lon_deg ?? NaN)

/** Every link between two nodes that stand somewhere, once. Our own links are as they are now; of two others the one that was heard last is right. */
export function worths(mesh: Mesh): { ends: [string, string]; worth: Worth }[] {
  const found = new Map<string, { ends: [string, string]; worth: Worth; age: number }>()
  const put = (a: string, b: string, worth: Worth, age: number): void => {
    const ends: [string, string] = a < b ? [a, b] : [b, a], key = ends.join(' '), known = found.get(key)
    if (!known || age < known.age) found.set(key, { ends, worth, age })
  }
  const full = (waiting: number | null): boolean => (waiting ?? 0) > BACKLOG
  for (const l of mesh.links) put(mesh.me.author, l.peer, full(l.waiting) || !l.greeted ? 'full' : 'good', -1)
  for (const n of mesh.nodes)
    for (const l of n.links) put(n.author, l.peer, !isHeard(n) || l.peer === mesh.me.author ? 'down' : full(l.waiting) ? 'full' : 'good', n.heard_s ?? Infinity)
  return [...found.values()].map(({ ends, worth }) => ({ ends, worth }))
}

/** The nodes that stand somewhere, our own last, so that it is on top. */
export function spots(mesh: Mesh): Spot[] {
  const others = mesh.nodes.filter(isPlaced).map((n) => ({ author: n.author, name: n.name, lat: n.lat_deg!, lon: n.lon_deg!, own: false, heard: isHeard(n) }))
  const { me } = mesh
  return isPlaced(me) ? [...others, { author: me.author, name: me.name, lat: me.lat_deg!, lon: me.lon_deg!, own: true, heard: true }] : others
}

/** Lines between nodes that stand somewhere; over the antimeridian the short way. */
export function shapesOfMesh(mesh: Mesh): GeoJSON.FeatureCollection {
  const at = new Map(spots(mesh).map((s) => [s.author, s]))
  const features: GeoJSON.Feature[] = []
  for (const { ends, worth } of worths(mesh)) {
    const a = at.get(ends[0]), b = at.get(ends[1])
    if (!a || !b) continue
    const lon = b.lon - 360 * Math.round((b.lon - a.lon) / 360)
    features.push({ type: 'Feature', properties: { worth }, geometry: { type: 'LineString', coordinates: [[a.lon, a.lat], [lon, b.lat]] } })
  }
  return { type: 'FeatureCollection', features }
}

/** A node in words, line by line. */
export function wordsOfNode(mesh: Mesh, author: string, covers: readonly NodeCover[] = []): string {
  const line = (l: ToldLink, greeted = true): string => `to ${l.name} (${l.profile}): ${greeted ? ms(l.round_trip_s) : 'greeting'}, ${l.waiting ?? 0} waiting`
  if (author === mesh.me.author) {
    const wrong = mesh.me.clock_error_s ? [`clock ${offset(mesh.me.clock_error_s)} against most others`] : []
    return [`${mesh.me.name}: this node`, ...wrong, ...mesh.links.map((l) => line(l, l.greeted))].join('\n')
  }
  const n = mesh.nodes.find((one) => one.author === author)
  if (!n) return ''
  const heard = n.heard_s === null ? 'never heard' : `heard ${roughAge(n.heard_s)} ago${n.through ? (n.through === n.name ? '' : ` through ${n.through}`) : ', not reached now'}`
  const clock = n.clock_offset_s === null ? 'clock not compared' : `clock ${offset(n.clock_offset_s)}`
  const watching = wordsOfCover(covers.find((c) => c.author === author))
  return [`${n.name}: ${n.vessels} vessels told`, ...(watching ? [watching] : []), heard, clock, ...n.links.map((l) => line(l))].join('\n')
}

/** Lines under the vessels and a word on the node under the mouse; the nodes themselves are drawn by the chart. */
export class MeshLayer {
  private mesh: Mesh | null = null
  covers: readonly NodeCover[] = [] // what other nodes watch with
  private pointed = ''
  private readonly popup = new maplibre.Popup({ closeButton: false, closeOnClick: false, className: 'learned', maxWidth: '26em', offset: 12 })

  constructor(
    private readonly map: maplibre.Map,
    private readonly settings: Settings,
    private palette: Palette,
    private readonly toScreen: (lat: number, lon: number) => [number, number],
  ) {
    const begin = (): void => {
      map.addSource('mesh', { type: 'geojson', data: EMPTY, tolerance: 0 })
      for (const [worth, width, dashes] of LINES)
        map.addLayer({ id: `mesh-${worth}`, type: 'line', source: 'mesh', filter: ['==', ['get', 'worth'], worth], layout: { 'line-cap': dashes ? 'butt' : 'round' }, paint: { 'line-width': width, ...(dashes ? { 'line-dasharray': dashes } : {}) } }, 'past-halo')
      this.paint()
      this.put()
    }
    if (map.isStyleLoaded()) begin()
    else map.once('style.load', begin)
    map.on('mousemove', (e) => this.point(e.point.x, e.point.y))
    map.on('mouseout', () => this.point(NaN, NaN))
    settings.addEventListener('layers', () => this.put())
  }

  setPalette(palette: Palette): void {
    this.palette = palette
    this.paint()
  }

  /** What is to be drawn now; nothing where the layer is off or there is no mesh. */
  get spots(): Spot[] {
    return this.mesh && this.settings.layers.has('mesh') ? spots(this.mesh) : []
  }

  take(mesh: Mesh | null): void {
    this.mesh = mesh
    this.put()
    if (this.pointed) this.popup.setText(mesh ? wordsOfNode(mesh, this.pointed, this.covers) : '')
  }

  private drawn = ''
  private put(): void {
    const shown = this.mesh && this.settings.layers.has('mesh') ? shapesOfMesh(this.mesh) : EMPTY
    const source = this.map.getSource('mesh') as maplibre.GeoJSONSource | undefined, words = JSON.stringify(shown)
    if (source && words !== this.drawn) source.setData(shown) // the map is drawn again for it, every second else
    if (source) this.drawn = words
    if (!shown.features.length) this.point(NaN, NaN)
  }

  private paint(): void {
    for (const [worth] of LINES) if (this.map.getLayer(`mesh-${worth}`)) this.map.setPaintProperty(`mesh-${worth}`, 'line-color', this.palette.mesh[worth])
  }

  private point(x: number, y: number): void {
    const near = (s: Spot): number => Math.hypot(this.toScreen(s.lat, s.lon)[0] - x, this.toScreen(s.lat, s.lon)[1] - y)
    const found = Number.isNaN(x) ? undefined : this.spots.filter((s) => near(s) <= REACH_PX).sort((a, b) => near(a) - near(b))[0]
    if (found?.author === (this.pointed || undefined)) return
    this.pointed = found?.author ?? ''
    if (!found || !this.mesh) return void this.popup.remove()
    this.popup.setLngLat([found.lon, found.lat]).setText(wordsOfNode(this.mesh, found.author, this.covers)).addTo(this.map)
  }
}

/** Picture -> deck.gl layers. Everything that moves is rebuilt here from typed arrays; nothing keeps a per-vessel object. */
import { IconLayer, LineLayer, PathLayer, PolygonLayer, ScatterplotLayer } from '@deck.gl/layers'
import { ringsOf, type NodeCover, type Ring } from './cover'
import { circle, ellipse, M_PER_DEG, RAD } from './geo'
import type { Mesh } from './mesh'
import type { Palette, Rgb } from './palettes'
import { AIS, COASTING, DISTRESS, FADED, RADAR, SEEN, TRAIL_POINTS, type Picture } from './picture'
import type { Plots } from './plots'
import type { Settings } from './settings'
import { nameIndex, type Atlas } from './symbols'

export interface SensorInfo {
  index: number
  name: string
  kind: string
  lat_deg: number | null
  lon_deg: number | null
  range_m: number | null
}
export interface MarkInfo {
  mmsi: number
  subject: number
  name: string
  lat_deg: number
  lon_deg: number
  heard: number
  off_position: boolean
}

const STATION = 1, OWN = 3 // subjects of marks
const ELLIPSE_MIN_PX = 11 // smaller ones hide under the symbol
const ELLIPSES_MAX = 400
const ALL_TRAILS_MAX = 1500 // more trails than this are a carpet: then only the chosen vessel's

export function rgb(hex: string): [number, number, number] {
  const n = parseInt(hex.slice(1), 16)
  return [n >> 16, (n >> 8) & 255, n & 255]
}

export const isRadar = (s: SensorInfo): boolean => s.kind.endsWith('radar') // radar, air_radar
const isPlaced = (s: { lat_deg: number | null; lon_deg: number | null }): boolean => Number.isFinite(s.lat_deg ?? NaN) && Number.isFinite(s.lon_deg ?? NaN)

const least = (points: [number, number][], axis: 0 | 1): number => Math.min(...points.map((p) => p[axis]))
const most = (points: [number, number][], axis: 0 | 1): number => Math.max(...points.map((p) => p[axis]))

export function markKind(m: MarkInfo): string {
  if (Number(m.subject) === STATION) return 'mark-station'
  if (Number(m.subject) === OWN) return 'mark-own'
  return m.off_position ? 'mark-off' : 'mark-aid'
}

/** Slots that the filters let through, distress last so that it is drawn on top. */
export function visibleSlots(p: Picture, settings: Settings): Uint32Array {
  const slots = new Uint32Array(p.count), loud: number[] = [], words = settings.words
  let n = 0
  for (let s = 0; s < p.count; s++) {
    if (!settings.passes(p, s, words) && p.id[s] !== settings.selected) continue
    if (p.category[s] === DISTRESS || p.id[s] === settings.selected) loud.push(s)
    else slots[n++] = s
  }
  for (const s of loud) slots[n++] = s
  return slots.subarray(0, n)
}

export function held(source: number): number {
  return (source & (RADAR | AIS)) === (RADAR | AIS) ? 2 : source & RADAR || (source & SEEN && !(source & AIS)) ? 0 : 1
}

export class Scene {
  sensors: SensorInfo[] = []
  others: NodeCover[] = [] // what other nodes watch with
  mesh: Mesh | null = null
  marks = new Map<number, MarkInfo>()
  selectedTrail: [number, number][] = [] // lon, lat
  private trails: unknown = null
  private trailsVersion = ''

  constructor(private readonly picture: Picture, private readonly plots: Plots, private readonly settings: Settings) {}

  /** South, west, north, east around the cover of all placed radars, else around nearly all vessels; null: neither. */
  watchedBox(): [number, number, number, number] | null {
    const placed = this.sensors.filter((s) => isRadar(s) && isPlaced(s) && (s.range_m ?? 0) > 0)
    const coastal = placed.filter((s) => s.kind === 'radar')
    const radars = coastal.length > 0 ? coastal : placed
    const points = radars.flatMap((s) => circle(s.lat_deg!, s.lon_deg!, s.range_m!, 24))
    if (points.length) return [least(points, 1), least(points, 0), most(points, 1), most(points, 0)]
    const p = this.picture, n = p.count, off = Math.floor(n / 50) // one in fifty may be far out
    if (!n) return null
    const lat = p.lat_deg.slice(0, n).sort(), lon = p.lon_deg.slice(0, n).sort(), pad = 0.05
    return [lat[off]! - pad, lon[off]! - pad, lat[n - 1 - off]! + pad, lon[n - 1 - off]! + pad]
  }

  /** px_per_m: of the map at its middle; `box`: west, south, east, north shown, with a margin. */
  layers(palette: Palette, atlas: Atlas, slots: Uint32Array, now: number, px_per_m: number, box: readonly [number, number, number, number]): unknown[] {
    const on = this.settings.layers
    return [
      on.has('cover') && this.coverOfOthers(palette),
      on.has('cover') && this.cover(palette),
      on.has('plots') && this.plotLayer(palette, now),
      on.has('trails') && this.trailLayer(palette, slots),
      this.chosenTrail(palette),
      on.has('ellipses') && this.ellipses(palette, slots, px_per_m, box),
      on.has('vectors') && this.vectors(palette, slots),
      on.has('marks') && this.markLayer(palette, atlas),
      this.icons(palette, atlas, slots),
      this.selection(palette, atlas),
    ].filter(Boolean)
  }

  private cover(palette: Palette): unknown {
    const radars = this.sensors.filter((s) => isRadar(s) && isPlaced(s) && (s.range_m ?? 0) > 0)
    return new PolygonLayer<SensorInfo>({
      id: 'cover',
      data: radars,
      getPolygon: (s) => circle(s.lat_deg!, s.lon_deg!, s.range_m!),
      getFillColor: [...palette.cover, 12],
      getLineColor: [...palette.cover, 150],
      lineWidthUnits: 'pixels',
      getLineWidth: 1.5,
      updateTriggers: { getFillColor: palette, getLineColor: palette },
    })
  }

  private coverOfOthers(palette: Palette): unknown {
    const rings = ringsOf(this.others, this.mesh)
    if (!rings.length) return false
    return new PathLayer<Ring>({
      id: 'cover-others',
      data: rings,
      getPath: (r) => r.path,
      getColor: (r) => [...palette.cover, r.faint ? 75 : 105],
      widthUnits: 'pixels',
      getWidth: 1,
    })
  }

  private plotLayer(palette: Palette, now: number): unknown {
    const seen = this.plots.visible(now, palette.plot)
    return new ScatterplotLayer({
      id: 'plots',
      data: { length: seen.length, attributes: { getPosition: { value: seen.position, size: 2 }, getFillColor: { value: seen.colour, size: 4 } } },
      radiusUnits: 'pixels',
      getRadius: 2,
    })
  }

  private trailLayer(palette: Palette, slots: Uint32Array): unknown {
    if (slots.length > ALL_TRAILS_MAX) return false
    const p = this.picture
    const version = `${this.settings.palette}/${slots.length}/${Math.floor(p.time_s / 2)}`
    if (version !== this.trailsVersion) {
      this.trailsVersion = version
      this.trails = this.trailColumns(palette, slots)
    }
    return new LineLayer({ id: 'trails', data: this.trails as never, widthUnits: 'pixels', getWidth: 1 })
  }

  /** A line from each point to the next: a third of the work of paths with joints, which one pixel would not show. */
  private trailColumns(palette: Palette, slots: Uint32Array): unknown {
    const p = this.picture, colours = palette.categories.map(rgb)
    const lines = slots.reduce((sum, s) => sum + p.trailCount[s]!, 0)
    const source = new Float64Array(2 * lines), target = new Float64Array(2 * lines), colour = new Uint8ClampedArray(4 * lines)
    let k = 0
    for (const s of slots) {
      const n = p.trailCount[s]!, from = 2 * TRAIL_POINTS * s, tint = colours[p.category[s]!] ?? colours[0]!
      if (!n) continue
      source.set(p.trail.subarray(from, from + 2 * n), 2 * k)
      target.set(p.trail.subarray(from + 2, from + 2 * n), 2 * k)
      target.set(p.shown.subarray(2 * s, 2 * s + 2), 2 * (k + n - 1))
      for (let j = 0; j < n; j++) colour.set([...tint, 30 + (110 * (j + 1 + TRAIL_POINTS - n)) / TRAIL_POINTS], 4 * (k + j))
      k += n
    }
    return { length: lines, attributes: { getSourcePosition: { value: source, size: 2 }, getTargetPosition: { value: target, size: 2 }, getColor: { value: colour, size: 4 } } }
  }

  private chosenTrail(palette: Palette): unknown {
    const s = this.picture.slotOf.get(this.settings.selected)
    if (s === undefined || !this.selectedTrail.length) return false
    const path = [...this.selectedTrail, [this.picture.shown[2 * s]!, this.picture.shown[2 * s + 1]!] as [number, number]]
    return new PathLayer<[number, number][]>({ id: 'chosen-trail', data: [path], getPath: (d) => d, getColor: [...rgb(palette.label), 200], widthUnits: 'pixels', getWidth: 2 })
  }

  private ellipses(palette: Palette, slots: Uint32Array, px_per_m: number, box: readonly [number, number, number, number]): unknown {
    const p = this.picture, shown: { path: [number, number][]; colour: Rgb; alpha: number }[] = []
    for (let i = slots.length - 1; i >= 0 && shown.length < ELLIPSES_MAX; i--) {
      const s = slots[i]!, lon = p.shown[2 * s]!, lat = p.shown[2 * s + 1]!, chosen = p.id[s] === this.settings.selected
      if (lon < box[0] || lat < box[1] || lon > box[2] || lat > box[3]) continue
      if (!p.major[s] || (!chosen && p.major[s]! * px_per_m < ELLIPSE_MIN_PX)) continue
      const colour = rgb(palette.categories[p.category[s]!] ?? palette.categories[0]!)
      shown.push({ path: ellipse(lat, lon, p.major[s]!, p.minor[s]!, p.orientation[s]!), colour, alpha: chosen ? 230 : 120 })
    }
    return new PathLayer<(typeof shown)[number]>({ id: 'ellipses', data: shown, getPath: (d) => d.path, getColor: (d) => [...d.colour, d.alpha], widthUnits: 'pixels', getWidth: 1.5 })
  }

  private vectors(palette: Palette, slots: Uint32Array): unknown {
    const p = this.picture, colours = palette.categories.map(rgb), ahead = 60 * this.settings.vector_min
    const source = new Float64Array(2 * slots.length), target = new Float64Array(2 * slots.length), colour = new Uint8ClampedArray(4 * slots.length)
    let n = 0
    for (const s of slots) {
      if (!p.underWay(s) || p.status[s] === FADED) continue
      const lon = p.shown[2 * s]!, lat = p.shown[2 * s + 1]!, along = (p.speed[s]! * ahead) / M_PER_DEG
      source.set([lon, lat], 2 * n)
      target.set([lon + (along * Math.sin(p.course[s]!)) / Math.max(0.01, Math.cos(lat * RAD)), lat + along * Math.cos(p.course[s]!)], 2 * n)
      colour.set([...(colours[p.category[s]!] ?? colours[0]!), p.status[s] === COASTING ? 110 : 220], 4 * n)
      n++
    }
    return new LineLayer({
      id: 'vectors',
      data: { length: n, attributes: { getSourcePosition: { value: source, size: 2 }, getTargetPosition: { value: target, size: 2 }, getColor: { value: colour, size: 4 } } },
      widthUnits: 'pixels',
      getWidth: 2,
    })
  }

  private icons(_palette: Palette, atlas: Atlas, slots: Uint32Array): unknown {
    const p = this.picture, n = slots.length
    const position = new Float64Array(2 * n), angle = new Float32Array(n), colour = new Uint8ClampedArray(4 * n).fill(255), size = new Float32Array(n)
    const crowded = n > 5000 ? 0.65 : n > 2500 ? 0.8 : 1
    const names: string[] = new Array(n)
    for (let i = 0; i < n; i++) {
      const s = slots[i]!, way = p.pointing(s), status = Math.min(2, p.status[s]!)
      position[2 * i] = p.shown[2 * s]!
      position[2 * i + 1] = p.shown[2 * s + 1]!
      angle[i] = Number.isNaN(way) || p.category[s] === DISTRESS ? 0 : -way / RAD
      colour[4 * i + 3] = status === FADED ? 130 : status === COASTING ? 215 : 255
      size[i] = p.category[s] === DISTRESS ? 48 : 34 * crowded
      names[i] = atlas.names[nameIndex(Math.min(10, p.category[s]!), held(p.source[s]!), Number.isNaN(way) ? 0 : 1, status)]!
    }
    return new IconLayer({
      id: 'vessels',
      data: { length: n, attributes: { getPosition: { value: position, size: 2 }, getAngle: { value: angle, size: 1 }, getColor: { value: colour, size: 4 }, getSize: { value: size, size: 1 } } },
      iconAtlas: atlas.canvas as never,
      iconMapping: atlas.mapping,
      getIcon: (_: unknown, { index }: { index: number }) => names[index]!,
      sizeUnits: 'pixels',
    })
  }

  private selection(palette: Palette, atlas: Atlas): unknown {
    const s = this.picture.slotOf.get(this.settings.selected)
    if (s === undefined) return false
    return new IconLayer<number>({
      id: 'selection', data: [s], iconAtlas: atlas.canvas as never, iconMapping: atlas.mapping, getIcon: () => 'selected', sizeUnits: 'pixels', getSize: 48,
      getPosition: [this.picture.shown[2 * s]!, this.picture.shown[2 * s + 1]!] as never, updateTriggers: { getIcon: palette },
    }) // prettier-ignore
  }

  private markLayer(palette: Palette, atlas: Atlas): unknown {
    const marks = [...this.marks.values()].filter(isPlaced)
    return new IconLayer<MarkInfo>({
      id: 'marks', data: marks, iconAtlas: atlas.canvas as never, iconMapping: atlas.mapping, getIcon: markKind, sizeUnits: 'pixels', getSize: 26,
      getPosition: (m) => [m.lon_deg, m.lat_deg], updateTriggers: { getIcon: palette },
    }) // prettier-ignore
  }
}

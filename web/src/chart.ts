/** The map: coastline below (MapLibre), vessels above (deck.gl), names on a plain canvas on top. North is always up. */
import { MapboxOverlay } from '@deck.gl/mapbox'
import * as maplibre from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { SIGNS, type Alert } from './alerts'
import type { Fleet } from './fleet'
import { circle, EARTH_M, RAD } from './geo'
import { LABEL_HEIGHT, Labels, MUST, type Wanted } from './labels'
import type { Spot } from './mesh'
import { RADIUS_M } from './nearby'
import type { Palette } from './palettes'
import type { Past } from './past'
import type { PatrolMap } from './patrolmap'
import { marksAlong, stepFor, type Fix, type Path } from './path'
import { COASTING, DISTRESS, LIVE, LOST_AIS, RADAR, type Picture } from './picture'
import type { Corner, Zone } from './zones'
import { isRadar, Scene, visibleSlots } from './scene'
import type { Settings } from './settings'
import type { Told } from './told'
import { drawAtlas, type Atlas } from './symbols'
import { clock, shortAge } from './words'

maplibre.setWorkerUrl(workerUrl)
const FONT = '"Noto Sans", "DejaVu Sans", "Liberation Sans", system-ui, sans-serif'
const EMPTY = { type: 'FeatureCollection' as const, features: [] }
const PICK_PX = 18
const ALERT_LAYERS = [['fleet-line', 'line-color'], ['chosen-fleet-fill', 'fill-color'], ['chosen-fleet-line', 'line-color'], ['alert-path', 'line-color'], ['alert-fix', 'circle-color']] as const
const MARK_PX = 90 // of path for one of its times
const MARK_PRIORITY = 4000 // somebody asked for them: before other vessels' names
const DAYS = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const ASKED_MAX = 1000 // a screen holds about 300 names: the rest need not be tried
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i

/** Web-Mercator plane of MapLibre, 0 to 1 from west to east and from north to south. */
export const mercatorX = (lon: number): number => lon / 360 + 0.5
export const mercatorY = (lat: number): number => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * RAD) / 2)) / (2 * Math.PI)

/** A point of the measuring line: a place, or a vessel it is tied to. */
export interface MeasurePoint {
  lat: number
  lon: number
  vessel: number
}

export class Chart {
  readonly map: maplibre.Map
  readonly labels = new Labels()
  atlas: Atlas
  slots: Uint32Array = new Uint32Array(0)
  private readonly overlay: MapboxOverlay
  /** whether the processor draws in place of a graphics card: then less often and without smoothed edges */
  readonly software = SOFTWARE.test(renderer())
  private readonly canvas = document.createElement('canvas')
  private readonly pen: CanvasRenderingContext2D
  private readonly widths = new Map<string, number>()
  hovered = 0
  framed: boolean // whether the view is somebody's choice: else it stays out of the address
  measuring: MeasurePoint[] = []

  constructor(
    container: HTMLElement,
    private readonly picture: Picture,
    readonly scene: Scene,
    private readonly settings: Settings,
    private palette: Palette,
    private readonly past: Past,
  ) {
    this.atlas = drawAtlas(palette)
    this.overlay = new MapboxOverlay({ interleaved: false, layers: [], deviceProps: { webgl: { antialias: !this.software } } as never })
    const view = settings.view
    this.framed = view !== null
    this.map = new maplibre.Map({
      container,
      center: view ? [view.lon, view.lat] : [0, 20],
      zoom: view ? view.z : 1.5,
      maxZoom: 18,
      fadeDuration: 0,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: true,
      keyboard: true,
      boxZoom: true,
      attributionControl: false, // the foot of the page carries the notice
      style: style(palette),
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.addControl(this.overlay as unknown as maplibre.IControl)
    this.map.addControl(new maplibre.ScaleControl({ unit: 'nautical', maxWidth: 140 }), 'bottom-right')
    this.canvas.className = 'names'
    container.append(this.canvas)
    this.pen = this.canvas.getContext('2d')!
    this.map.on('move', () => this.drawNames())
    this.map.on('resize', () => this.placeNames())
    this.map.on('moveend', (e: { originalEvent?: unknown }) => {
      this.framed ||= e.originalEvent !== undefined
      if (!this.framed) return this.placeNames()
      const c = this.map.getCenter()
      settings.view = { lat: c.lat, lon: c.lng, z: this.map.getZoom() }
      settings.changed('view')
      this.placeNames()
    })
  }

  setCoastline(geojson: GeoJSON.GeoJSON): void {
    const put = (): void => void (this.map.getSource('land') as maplibre.GeoJSONSource | undefined)?.setData(geojson)
    if (this.map.getSource('land')) put()
    else this.map.once('style.load', put)
  }

  /** The past that is chosen, and the circle of "who was here?" around a place. */
  drawPast(at: { lat: number; lon: number } | null): void {
    this.askedAt = at
    const lines = (kind: string, pieces: readonly (readonly Fix[])[]): GeoJSON.Feature => ({
      type: 'Feature', properties: { kind }, geometry: { type: 'MultiLineString', coordinates: pieces.filter((p) => p.length > 1).map((p) => p.map((f) => [f.lon, f.lat])) },
    }) // prettier-ignore
    const { path } = this.past
    const features = path ? [lines('gap', path.gaps), lines('seen', path.seen)] : []
    if (at) features.push({ type: 'Feature', properties: { kind: 'gap' }, geometry: { type: 'LineString', coordinates: circle(at.lat, at.lon, RADIUS_M) } })
    const put = (): void => void (this.map.getSource('past') as maplibre.GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features })
    if (this.map.getSource('past')) put()
    else this.map.once('style.load', put)
    this.placeNames()
  }

  /** Paths of the chosen alert and fleets' areas, made by `shapes.ts`. */
  drawAlert(shapes: GeoJSON.FeatureCollection): void {
    const put = (): void => void (this.map.getSource('alert') as maplibre.GeoJSONSource | undefined)?.setData(shapes)
    if (this.map.getSource('alert')) put()
    else this.map.once('style.load', put)
    this.placeNames()
  }

  /** Zones under everything else, made by `corners.ts`. */
  drawZones(shapes: GeoJSON.FeatureCollection): void {
    const put = (): void => void (this.map.getSource('zones') as maplibre.GeoJSONSource | undefined)?.setData(shapes)
    if (this.map.getSource('zones')) put()
    else this.map.once('style.load', put)
    this.drawNames()
  }
  zones: readonly Zone[] = []
  /** Our own vehicles, cameras and crews, and their tasks. */
  fleet: Fleet | null = null
  /** What people told. */
  told: Told | null = null
  /** Who should be where, and how old looks are. */
  patrol: PatrolMap | null = null
  /** Nodes of the mesh, our own last. */
  nodes: readonly Spot[] = []
  /** Corners and middles of edges that can be dragged, and the cross in the middle of the map. */
  handles: { corners: readonly Corner[]; middles: readonly Corner[]; chosen: number; cross: boolean } | null = null

  /** What is drawn beside vessels of alerts, and the times at the ends of the chosen alert's paths. */
  signs: readonly { slot: (p: Picture) => number | undefined; alert: Alert | null }[] = []
  ends: readonly { lat: number; lon: number; time: number }[] = []

  private askedAt: { lat: number; lon: number } | null = null

  /** Where the vessel was at whole minutes or hours, by minute: as many as the path has room for. */
  private marks = new Map<number, Fix>()
  private marked: unknown[] = []
  private markPast(): void {
    const path = this.past.path, step = path ? stepFor(path, Math.max(1, this.lengthOf(path) / MARK_PX)) : 0
    if (this.marked[0] === path && this.marked[1] === step) return
    this.marked = [path, step]
    this.marks = new Map((path ? marksAlong(path, step) : []).map((m) => [Math.round(m.time / 60), m]))
  }

  /** px of a path at this zoom. */
  private lengthOf(path: Path): number {
    let sum = 0
    for (const piece of path.seen)
      for (let i = 1; i < piece.length; i++) sum += Math.hypot(mercatorX(piece[i]!.lon) - mercatorX(piece[i - 1]!.lon), mercatorY(piece[i]!.lat) - mercatorY(piece[i - 1]!.lat))
    return sum * 512 * 2 ** this.map.getZoom()
  }

  setPalette(palette: Palette): void {
    this.palette = palette
    this.atlas = drawAtlas(palette)
    const paint = (): void => {
      this.map.setPaintProperty('sea', 'background-color', palette.sea)
      this.map.setPaintProperty('cover', 'fill-color', palette.sea)
      for (const layer of ['far-land', 'land']) this.map.setPaintProperty(layer, 'fill-color', palette.land)
      for (const layer of ['far-coast', 'coast']) this.map.setPaintProperty(layer, 'line-color', palette.coast)
      this.map.setPaintProperty('past-halo', 'line-color', palette.halo)
      this.map.setPaintProperty('alert-halo', 'line-color', palette.halo)
      for (const [layer, what] of ALERT_LAYERS) this.map.setPaintProperty(layer, what, palette.css.accent)
      for (const layer of ['past-gap', 'past-seen']) this.map.setPaintProperty(layer, 'line-color', palette.past)
    }
    if (this.map.getLayer('sea')) paint()
    else this.map.once('style.load', paint)
  }

  /** px per metre at the middle of the map */
  get px_per_m(): number {
    return (512 * 2 ** this.map.getZoom()) / (2 * Math.PI * EARTH_M * Math.cos(this.map.getCenter().lat * RAD))
  }

  /** Everything that moves, redrawn. `now`: UTC s of the screen. */
  draw(now: number): void {
    this.picture.extrapolate(now)
    this.slots = visibleSlots(this.picture, this.settings)
    const b = this.map.getBounds(), dx = (b.getEast() - b.getWest()) / 4, dy = (b.getNorth() - b.getSouth()) / 4
    const box = [b.getWest() - dx, b.getSouth() - dy, b.getEast() + dx, b.getNorth() + dy] as const
    this.overlay.setProps({ layers: this.scene.layers(this.palette, this.atlas, this.slots, now, this.px_per_m, box) as never })
    this.placeNames()
  }

  /** Calls `see` with the place in px of every drawn vessel on the screen (within `margin` px). */
  private eachOnScreen(margin: number, see: (slot: number, x: number, y: number) => void): void {
    const size = 512 * 2 ** this.map.getZoom(), c = this.map.getCenter(), p = this.picture
    const w = this.canvas.clientWidth, h = this.canvas.clientHeight
    const left = mercatorX(c.lng) * size - w / 2, top = mercatorY(c.lat) * size - h / 2
    for (const s of this.slots) {
      if (s >= p.count) continue // gone since the last drawing
      let x = mercatorX(p.shown[2 * s]!) * size - left
      if (x > size) x -= size // the other side of the antimeridian
      else if (x < w - size) x += size
      if (x < -margin || x > w + margin) continue
      const y = mercatorY(p.shown[2 * s + 1]!) * size - top
      if (y >= -margin && y <= h + margin) see(s, x, y)
    }
  }

  /** px of a place. */
  toScreen(lat_deg: number, lon_deg: number): [number, number] {
    const middle = this.map.getCenter().lng
    const q = this.map.project([lon_deg + 360 * Math.round((middle - lon_deg) / 360), lat_deg])
    return [q.x, q.y]
  }

  /** The vessel nearest to a point of the screen, id, or 0. */
  pick(x: number, y: number): number {
    let best = PICK_PX ** 2, id = 0
    this.eachOnScreen(PICK_PX, (s, vx, vy) => {
      const d = (vx - x) ** 2 + (vy - y) ** 2
      if (d <= best) [best, id] = [d, this.picture.id[s]!]
    })
    if (id) return id
    const name = this.labels.placed.find((l) => x >= l.left && x <= l.left + l.width && y >= l.top && y <= l.top + LABEL_HEIGHT)
    return name && name.id > 0 && this.picture.slotOf.has(name.id) ? name.id : 0 // times along a past have negative ones, our own assets large ones
  }

  /** One of our own under a point of the screen, its name; ''. */
  pickAsset(x: number, y: number): string {
    return this.fleet?.pick(x, y, this.labels.placed) ?? ''
  }

  /** What somebody told under a point of the screen, its id; ''. */
  pickReport(x: number, y: number): string {
    return this.told?.pick(x, y) ?? ''
  }

  placeNames(): void {
    this.fitCanvas()
    const p = this.picture, asked: { s: number; x: number; y: number; priority: number }[] = [], symbols: number[] = []
    const reach = this.slots.length > 2500 ? 8 : 10
    this.eachOnScreen(0, (s, x, y) => {
      symbols.push(x, y, reach)
      const priority = this.labels.weigh(p.id[s]!, this.priority(s))
      if (priority >= MUST || this.settings.layers.has('names')) asked.push({ s, x, y, priority })
    })
    this.reserve(symbols)
    const ours = this.fleet?.wanted(symbols, (text) => this.widthOf(text, true)) ?? []
    const told = this.told?.wanted(symbols, (text) => this.widthOf(text, false), this.canvas.clientWidth, this.canvas.clientHeight) ?? []
    asked.sort((a, b) => b.priority - a.priority || p.id[a.s]! - p.id[b.s]!)
    asked.length = Math.min(asked.length, ASKED_MAX)
    const wanted = [...asked.map((a) => this.wanted(a, reach)), ...ours, ...told, ...this.wantedTimes(symbols)].sort((a, b) => b.priority - a.priority)
    this.labels.place(wanted, Float32Array.from(symbols), this.canvas.clientWidth, this.canvas.clientHeight)
    this.drawNames()
  }

  /** Times along the past that are on the screen; their dots are kept free. Ids are minutes, negative. */
  private wantedTimes(symbols: number[]): Wanted[] {
    this.markPast()
    const w = this.canvas.clientWidth, h = this.canvas.clientHeight, found: Wanted[] = []
    for (const [minute, mark] of this.marks) {
      const [x, y] = this.toScreen(mark.lat, mark.lon)
      if (x < 0 || y < 0 || x > w || y > h) continue
      symbols.push(x, y, 4)
      const text = mark.time % 86400 ? clock(mark.time).slice(0, 5) : DAYS.format(mark.time * 1000)
      found.push({ id: -minute, x, y, reach: 6, width: this.widthOf(text, false), text, priority: this.labels.weigh(-minute, MARK_PRIORITY - 1000), loud: false })
    }
    return found
  }

  /** Keeps the scale bar, nodes and the radars' names free of vessels' names. */
  private reserve(symbols: number[]): void {
    const w = this.canvas.clientWidth, h = this.canvas.clientHeight
    for (let x = 8; x < 160; x += 16) symbols.push(w - x, h - 20, 12)
    for (const n of this.nodes) {
      const [x, y] = this.toScreen(n.lat, n.lon)
      for (let along = -8; along < 14 + 8 * n.name.length; along += 12) symbols.push(x + along, y + (along > 8 ? 10 : 0), 9)
    }
    if (!this.settings.layers.has('cover')) return
    for (const s of this.scene.sensors) {
      if (!isRadar(s) || !Number.isFinite(s.lat_deg ?? NaN)) continue
      const [x, y] = this.toScreen(s.lat_deg!, s.lon_deg!)
      for (let along = 0; along < 16 + 7 * s.name.length; along += 12) symbols.push(x + along, y - 9, 8)
    }
  }

  private wanted(a: { s: number; x: number; y: number; priority: number }, reach: number): Wanted {
    const text = this.nameText(a.s), must = a.priority >= MUST
    return { id: this.picture.id[a.s]!, x: a.x, y: a.y, reach: must ? 20 : reach + 2, width: this.widthOf(text, must), text, priority: a.priority, loud: this.picture.category[a.s] === DISTRESS }
  }

  /** Distress and the chosen one first, then what lost a sensor, then the fast and the named. */
  private priority(s: number): number {
    const p = this.picture
    if (p.category[s] === DISTRESS) return 20000
    if (p.id[s] === this.settings.selected) return 10000
    if (p.id[s] === this.hovered) return 6000
    const speed = p.speed[s]!
    let value = Number.isNaN(speed) ? 0 : Math.min(40, speed)
    if (p.source[s]! & LOST_AIS) value += 500
    if (p.status[s] === COASTING) value += 300
    if (p.source[s] === RADAR) value += 100
    if (p.mmsi[s]) value += 60
    if (!p.underWay(s) && p.status[s] === LIVE) value -= 50
    return value + 51
  }

  private nameText(s: number): string {
    const p = this.picture, name = p.name[s]!, heard = p.lastHeard(s)
    if (p.status[s] !== LIVE && Number.isFinite(heard)) return `${name} ·${shortAge(p.time_s - heard)}`
    if (p.source[s]! & LOST_AIS && p.source[s]! & RADAR) return `${name} ·no AIS`
    return name
  }

  private widthOf(text: string, bold: boolean): number {
    const key = (bold ? '*' : '') + text.replace(/\d/g, '0')
    let w = this.widths.get(key)
    if (w === undefined) {
      this.pen.font = `${bold ? 'bold ' : ''}13px ${FONT}`
      w = Math.ceil(this.pen.measureText(text).width) + 6
      if (this.widths.size > 20000) this.widths.clear()
      this.widths.set(key, w)
    }
    return w
  }

  private fitCanvas(): void {
    const box = this.map.getContainer(), ratio = devicePixelRatio
    const w = Math.round(box.clientWidth * ratio), h = Math.round(box.clientHeight * ratio)
    if (this.canvas.width === w && this.canvas.height === h) return
    this.canvas.width = w
    this.canvas.height = h
  }

  /** Names at their placed offsets, moved along with the map while it is dragged. */
  drawNames(): void {
    const x = this.pen, ratio = devicePixelRatio, p = this.picture
    x.setTransform(ratio, 0, 0, ratio, 0, 0)
    x.clearRect(0, 0, this.canvas.width, this.canvas.height)
    x.textBaseline = 'middle'
    x.lineJoin = 'round'
    this.drawSensorNames()
    this.drawZoneNames()
    this.drawNodes()
    this.drawTimes()
    this.drawEnds()
    this.patrol?.draw(x, FONT, this.canvas.clientWidth, this.canvas.clientHeight)
    this.drawSigns()
    this.told?.draw(x, this.palette, this.atlas, this.labels.placed, FONT)
    this.fleet?.draw(x, this.palette, this.atlas, this.labels.placed, FONT)
    for (const l of this.labels.placed) {
      const s = p.slotOf.get(l.id)
      if (s === undefined) continue
      const [vx, vy] = this.map.isMoving() ? this.toScreen(p.shown[2 * s + 1]!, p.shown[2 * s]!) : [l.x, l.y]
      const left = l.left + vx - l.x, top = l.top + vy - l.y, chosen = l.priority >= MUST
      x.font = `${chosen ? 'bold ' : ''}13px ${FONT}`
      x.globalAlpha = p.status[s] === LIVE || chosen ? 1 : 0.75
      x.strokeStyle = this.palette.halo
      x.lineWidth = 3.5
      x.strokeText(l.text, left + 3, top + LABEL_HEIGHT / 2 + 0.5)
      x.fillStyle = l.loud ? this.palette.alarm : this.palette.label
      x.fillText(l.text, left + 3, top + LABEL_HEIGHT / 2 + 0.5)
    }
    x.globalAlpha = 1
    this.drawMeasure()
    this.drawHandles()
  }

  /** Dots and times along the past, a ring where it begins; a cross where somebody asked who was here. */
  private drawTimes(): void {
    const x = this.pen, first = this.past.path?.fixes[0]
    const dot = (at: Fix, radius: number): void => {
      x.beginPath()
      x.arc(...this.toScreen(at.lat, at.lon), radius, 0, 2 * Math.PI)
    }
    x.lineWidth = 2
    x.strokeStyle = this.palette.past
    if (this.askedAt) {
      const [ax, ay] = this.toScreen(this.askedAt.lat, this.askedAt.lon)
      x.beginPath()
      for (const [dx, dy] of [[7, 0], [0, 7]] as const) {
        x.moveTo(ax - dx, ay - dy)
        x.lineTo(ax + dx, ay + dy)
      }
      x.stroke()
    }
    if (first) {
      dot(first, 6)
      x.stroke()
    }
    x.font = `13px ${FONT}`
    x.fillStyle = this.palette.past
    x.strokeStyle = this.palette.halo
    for (const mark of this.marks.values()) {
      dot(mark, 4)
      x.fill()
      x.stroke()
    }
    x.lineWidth = 3.5
    for (const l of this.labels.placed) {
      const mark = this.marks.get(-l.id)
      if (!mark) continue
      const [mx, my] = this.toScreen(mark.lat, mark.lon), left = l.left + mx - l.x + 3, middle = l.top + my - l.y + LABEL_HEIGHT / 2 + 0.5
      x.strokeText(l.text, left, middle)
      x.fillText(l.text, left, middle)
    }
  }

  /** Signs of urgency at the upper left of vessels with open alerts; rings around the members of the chosen fleet. */
  private drawSigns(): void {
    const x = this.pen, p = this.picture, told = new Set<number>()
    x.font = `bold 15px ${FONT}`
    x.textAlign = 'center'
    for (const { slot, alert } of this.signs) {
      const s = slot(p)
      if (s === undefined || s >= p.count) continue
      const [vx, vy] = this.toScreen(p.shown[2 * s + 1]!, p.shown[2 * s]!)
      if (vx < -20 || vy < -20 || vx > this.canvas.clientWidth + 20 || vy > this.canvas.clientHeight + 20) continue
      if (alert === null) {
        x.strokeStyle = this.palette.css.accent
        x.lineWidth = 2
        x.beginPath()
        x.arc(vx, vy, 13, 0, 2 * Math.PI)
        x.stroke()
      } else if (!told.has(s)) {
        told.add(s) // the gravest comes first
        x.lineWidth = 4
        x.strokeStyle = this.palette.halo
        x.strokeText(SIGNS[alert.urgency], vx - 13, vy - 13)
        x.fillStyle = alert.urgency === 'alarm' || alert.urgency === 'emergency' ? this.palette.alarm : this.palette.label
        x.fillText(SIGNS[alert.urgency], vx - 13, vy - 13)
      }
    }
    x.textAlign = 'start'
  }

  private drawEnds(): void {
    const x = this.pen
    x.font = `bold 13px ${FONT}`
    x.lineWidth = 4
    for (const end of this.ends) {
      const [ex, ey] = this.toScreen(end.lat, end.lon)
      x.strokeStyle = this.palette.halo
      x.strokeText(clock(end.time).slice(0, 5), ex + 8, ey + 10)
      x.fillStyle = this.palette.css.accent
      x.fillText(clock(end.time).slice(0, 5), ex + 8, ey + 10)
    }
  }

  private drawSensorNames(): void {
    if (!this.settings.layers.has('cover')) return
    const x = this.pen
    x.font = `12px ${FONT}`
    for (const s of this.scene.sensors) {
      if (!isRadar(s) || !Number.isFinite(s.lat_deg ?? NaN)) continue
      const [sx, sy] = this.toScreen(s.lat_deg!, s.lon_deg!)
      x.strokeStyle = `rgb(${this.palette.cover})`
      x.lineWidth = 1.5
      x.beginPath()
      x.moveTo(sx - 6, sy)
      x.lineTo(sx + 6, sy)
      x.moveTo(sx, sy - 6)
      x.lineTo(sx, sy + 6)
      x.stroke()
      x.strokeStyle = this.palette.halo
      x.lineWidth = 3
      x.strokeText(s.name, sx + 9, sy - 9)
      x.fillStyle = `rgb(${this.palette.cover})`
      x.fillText(s.name, sx + 9, sy - 9)
    }
  }

  /** Nodes of the mesh: a small diamond with its name at the lower right; hollow: not heard now; ringed: our own. */
  private drawNodes(): void {
    const x = this.pen
    const diamond = (nx: number, ny: number, reach: number): void => {
      x.beginPath()
      for (const [dx, dy] of [[0, -reach], [reach, 0], [0, reach], [-reach, 0]] as const) x.lineTo(nx + dx, ny + dy)
      x.closePath()
    }
    for (const n of this.nodes) {
      const [nx, ny] = this.toScreen(n.lat, n.lon), colour = this.palette.mesh[n.heard ? 'good' : 'down']
      x.strokeStyle = this.palette.halo
      x.lineWidth = 6
      diamond(nx, ny, n.own ? 10 : 6)
      x.stroke()
      x.strokeStyle = x.fillStyle = colour
      x.lineWidth = 2
      diamond(nx, ny, 6)
      if (n.heard) x.fill()
      else {
        x.fillStyle = this.palette.halo
        x.fill()
        x.stroke()
      }
      if (n.own) {
        diamond(nx, ny, 10)
        x.stroke()
      }
      x.font = `${n.own ? 'bold ' : ''}12.5px ${FONT}`
      x.strokeStyle = this.palette.halo
      x.lineWidth = 3.5
      const text = n.heard ? n.name : `${n.name} ·not heard`
      x.strokeText(text, nx + 10, ny + 11)
      x.fillStyle = colour
      x.fillText(text, nx + 10, ny + 11)
    }
  }

  /** Names at the middle of the zones' upper edges, where there is room for them. */
  private drawZoneNames(): void {
    const x = this.pen, w = this.canvas.clientWidth, h = this.canvas.clientHeight
    x.font = `italic 12.5px ${FONT}`
    x.textAlign = 'center'
    for (const z of this.zones) {
      const at = (z.rings[0] ?? []).map((c) => this.toScreen(...c))
      const left = Math.min(...at.map((p) => p[0])), right = Math.max(...at.map((p) => p[0])), top = Math.min(...at.map((p) => p[1])), bottom = Math.max(...at.map((p) => p[1]))
      if (at.length < 2 || right < 0 || left > w || bottom < 0 || top > h) continue
      const text = `${z.name || '…'} (${z.kind})`, room = right - left
      if (z.shape === 'polygon' && x.measureText(text).width > room + 40) continue
      const middle = (Math.max(left, 0) + Math.min(right, w)) / 2, y = Math.min(Math.max(top, 0) + 10, h - 10)
      x.strokeStyle = this.palette.halo
      x.lineWidth = 3
      x.strokeText(text, middle, y)
      x.fillStyle = this.palette.zones[z.kind] ?? this.palette.zones.zone
      x.fillText(text, middle, y)
    }
    x.textAlign = 'start'
  }

  private drawHandles(): void {
    const x = this.pen, { handles } = this
    if (!handles) return
    const dot = ([lat, lon]: Corner, radius: number, fill: string): void => {
      x.beginPath()
      x.arc(...this.toScreen(lat, lon), radius, 0, 2 * Math.PI)
      x.fillStyle = fill
      x.fill()
      x.stroke()
    }
    x.strokeStyle = this.palette.label
    x.lineWidth = 1.5
    for (const at of handles.middles) dot(at, 3.5, this.palette.halo)
    x.lineWidth = 2
    handles.corners.forEach((at, i) => dot(at, i === handles.chosen ? 8 : 6, i === handles.chosen ? this.palette.css.accent : this.palette.halo))
    if (!handles.cross) return
    const [cx, cy] = [this.canvas.clientWidth / 2, (this.canvas.clientHeight || 0) / 2]
    x.lineWidth = 1.5
    x.beginPath()
    for (const [dx, dy] of [[12, 0], [0, 12]] as const) {
      x.moveTo(cx - dx, cy - dy)
      x.lineTo(cx + dx, cy + dy)
    }
    x.stroke()
  }

  /** The measuring line now, as lat, lon: ends that are tied to a vessel go with it. */
  measured(): [number, number][] {
    return this.measuring.map((m) => {
      const s = m.vessel ? this.picture.slotOf.get(m.vessel) : undefined
      return s === undefined ? [m.lat, m.lon] : [this.picture.shown[2 * s + 1]!, this.picture.shown[2 * s]!]
    })
  }

  private drawMeasure(): void {
    if (!this.measuring.length) return
    const x = this.pen
    x.beginPath()
    for (const [lat, lon] of this.measured()) x.lineTo(...this.toScreen(lat, lon))
    x.setLineDash([6, 4])
    for (const [colour, width] of [[this.palette.halo, 5], [this.palette.label, 2]] as const) {
      x.strokeStyle = colour
      x.lineWidth = width
      x.stroke()
    }
    x.setLineDash([])
  }
}

/** Name of what draws WebGL here. */
function renderer(): string {
  const gl = document.createElement('canvas').getContext('webgl2')
  const info = gl?.getExtension('WEBGL_debug_renderer_info')
  const name = String(gl?.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER) ?? '')
  gl?.getExtension('WEBGL_lose_context')?.loseContext()
  return name
}

// the overview, under the box of the node's area with its exact coastline
const FAR: maplibre.FilterSpecification = ['==', ['get', 'name'], 'world']
const NEAR: maplibre.FilterSpecification = ['all', ['!=', ['get', 'name'], 'world'], ['==', ['get', 'kind'], 'land']]

function style(p: Palette): maplibre.StyleSpecification {
  return {
    version: 8,
    sources: { land: { type: 'geojson', data: EMPTY, maxzoom: 14, tolerance: 0.3 }, past: { type: 'geojson', data: EMPTY, maxzoom: 16, tolerance: 0.3 }, alert: { type: 'geojson', data: EMPTY, maxzoom: 16, tolerance: 0.3 }, zones: { type: 'geojson', data: EMPTY, maxzoom: 16, tolerance: 0.1 } },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': p.sea } },
      { id: 'far-land', type: 'fill', source: 'land', filter: FAR, paint: { 'fill-color': p.land, 'fill-antialias': false } },
      { id: 'far-coast', type: 'line', source: 'land', filter: FAR, paint: { 'line-color': p.coast, 'line-width': 1 } },
      { id: 'cover', type: 'fill', source: 'land', filter: ['==', ['get', 'kind'], 'cover'], paint: { 'fill-color': p.sea, 'fill-antialias': false } },
      { id: 'land', type: 'fill', source: 'land', filter: NEAR, paint: { 'fill-color': p.land, 'fill-antialias': false } },
      { id: 'coast', type: 'line', source: 'land', filter: NEAR, paint: { 'line-color': p.coast, 'line-width': 1 } },
      { id: 'zone-fill', type: 'fill', source: 'zones', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': ['case', ['get', 'draft'], 0.22, ['get', 'watched'], 0.13, 0.06] } },
      { id: 'zone-breadth', type: 'line', source: 'zones', filter: ['get', 'line'], layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': ['get', 'colour'], 'line-opacity': 0.18, 'line-width': ['interpolate', ['exponential', 2], ['zoom'], 0, ['get', 'w0'], 22, ['*', ['get', 'w0'], 2 ** 22]] } },
      { id: 'zone-dashed', type: 'line', source: 'zones', filter: ['all', ['!', ['get', 'watched']], ['!', ['get', 'draft']]], paint: { 'line-color': ['get', 'colour'], 'line-width': 1.5, 'line-dasharray': [4, 3] } },
      { id: 'zone-line', type: 'line', source: 'zones', filter: ['any', ['get', 'watched'], ['get', 'draft']], paint: { 'line-color': ['get', 'colour'], 'line-width': ['case', ['get', 'draft'], 3, 2] } },
      { id: 'past-halo', type: 'line', source: 'past', filter: ['==', ['get', 'kind'], 'seen'], layout: { 'line-join': 'round' }, paint: { 'line-color': p.halo, 'line-width': 6 } },
      { id: 'past-gap', type: 'line', source: 'past', filter: ['==', ['get', 'kind'], 'gap'], paint: { 'line-color': p.past, 'line-width': 1.5, 'line-dasharray': [4, 4] } },
      { id: 'past-seen', type: 'line', source: 'past', filter: ['==', ['get', 'kind'], 'seen'], layout: { 'line-join': 'round' }, paint: { 'line-color': p.past, 'line-width': 3 } },
      { id: 'fleet-line', type: 'line', source: 'alert', filter: ['==', ['get', 'kind'], 'fleet'], paint: { 'line-color': p.css.accent, 'line-width': 1.5, 'line-dasharray': [2, 3] } },
      { id: 'chosen-fleet-fill', type: 'fill', source: 'alert', filter: ['==', ['get', 'kind'], 'chosen-fleet'], paint: { 'fill-color': p.css.accent, 'fill-opacity': 0.12 } },
      { id: 'chosen-fleet-line', type: 'line', source: 'alert', filter: ['==', ['get', 'kind'], 'chosen-fleet'], paint: { 'line-color': p.css.accent, 'line-width': 2.5 } },
      { id: 'alert-halo', type: 'line', source: 'alert', filter: ['==', ['get', 'kind'], 'path'], layout: { 'line-join': 'round' }, paint: { 'line-color': p.halo, 'line-width': 6 } },
      { id: 'alert-path', type: 'line', source: 'alert', filter: ['==', ['get', 'kind'], 'path'], layout: { 'line-join': 'round' }, paint: { 'line-color': p.css.accent, 'line-width': 3 } },
      { id: 'alert-fix', type: 'circle', source: 'alert', filter: ['==', ['get', 'kind'], 'fix'], paint: { 'circle-color': p.css.accent, 'circle-radius': 4 } },
    ],
  }
}

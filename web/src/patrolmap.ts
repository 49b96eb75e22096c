/** The patrol on the map: how old each cell's last look is, where vehicles should be, their ways, stations, decks, areas. */
import * as maplibre from 'maplibre-gl'
import { circle } from './geo'
import type { Palette } from './palettes'
import { HEARD_LEAST, placeAt, position, seenStep, step, wayBetween, type Cell, type Patrol, type PatrolPlace, type Sortie } from './patrol'
import { wordsOfCell } from './patrolwords'
import type { Settings } from './settings'
import type { Corner } from './zones'

const EMPTY = { type: 'FeatureCollection' as const, features: [] }
const BEHIND_S = 3600, AHEAD_S = 2 * 3600 // of a way that is drawn where no sortie is chosen: all would hide the sea
const NEXT_S = 3 * 3600 // of the chosen sortie's way that is drawn strongly
const WATCHED_LEAST = 0.5 // of a cell held by radars: then it is hatched
export const SEEN_OPACITY = [0.04, 0.16, 0.32, 0.5] as const // of what radars hold: none, up to half, most, all
const HATCH_PX = 8
const NUMBER_MIN_PX = 34 // of a cell's width: then its lateness is written
const REACH_PX = 12
const LINES: readonly [id: string, width: number, dashes: number[] | null, opacity: number][] = [
  ['behind', 1.5, [1.5, 2.5], 0.5], ['ahead', 1.8, null, 0.8], ['chosen-later', 1.6, null, 0.9], ['ship', 1.5, [4, 3], 0.8], ['station', 2, [2, 1.5], 1], ['keep', 2, [5, 2], 1],
] // prettier-ignore
type ToScreen = (lat: number, lon: number) => [number, number]

const ring = (corners: readonly Corner[]): [number, number][] => [...corners, corners[0]!].map(([lat, lon]) => [lon, lat])
const line = (kind: string, way: readonly Corner[]): GeoJSON.Feature => ({ type: 'Feature', properties: { kind }, geometry: { type: 'LineString', coordinates: way.map(([lat, lon]) => [lon, lat]) } })

/** Cells as shapes with their step of lateness; those that radars hold are hatched and without heat. Or with what radars hold of them; hatched where AIS is heard. */
export function shapesOfCells(cells: readonly Cell[], view: 'age' | 'sees' = 'age'): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: cells.map((c) => ({
      type: 'Feature',
      properties: view === 'sees' ? { row: c.row, step: -1, seen: seenStep(c.watched), hatched: (c.heard ?? 0) >= HEARD_LEAST } : { row: c.row, step: c.held ? -1 : step(c.late), seen: -1, hatched: c.held || c.watched >= WATCHED_LEAST },
      geometry: { type: 'Polygon', coordinates: [ring(c.corners)] },
    })),
  }
}

/** Ways, stations, ships' ways and keep-out areas at a time (UTC s); of the chosen sortie all of its way. */
export function shapesOfPatrol(patrol: Patrol, now: number): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [], { sheet, chosen } = patrol
  for (const k of sheet.keep_out ?? [])
    if (k.from <= now && now < k.to) features.push({ type: 'Feature', properties: { kind: 'keep' }, geometry: { type: 'Polygon', coordinates: [ring(k.corners)] } })
  for (const s of sheet.stations ?? []) features.push({ type: 'Feature', properties: { kind: 'station' }, geometry: { type: 'LineString', coordinates: circle(s.lat_deg, s.lon_deg, s.within_m, 48) } })
  for (const p of patrol.places) if (p.ship) features.push(line('ship', [placeAt(p, now), ...p.way.filter(([t]) => t > now).map(([, lat, lon]): Corner => [lat, lon])]))
  for (const s of patrol.sorties) {
    if (s.landing < now - BEHIND_S || s.launch > now + AHEAD_S || same(s, chosen)) continue
    features.push(line('behind', wayBetween(s, now - BEHIND_S, now)), line('ahead', wayBetween(s, now, now + AHEAD_S)))
  }
  if (chosen) features.push(line('chosen-behind', wayBetween(chosen, -Infinity, now)), line('chosen-later', wayBetween(chosen, now + NEXT_S, Infinity)), line('chosen', wayBetween(chosen, Math.max(now, chosen.launch), Math.max(now, chosen.launch) + NEXT_S)))
  return { type: 'FeatureCollection', features: features.filter((f) => f.geometry.type !== 'LineString' || f.geometry.coordinates.length > 1) }
}
const same = (a: Sortie, b: Sortie | null): boolean => b !== null && a.vehicle === b.vehicle && a.launch === b.launch

export class PatrolMap {
  private readonly popup = new maplibre.Popup({ closeButton: false, closeOnClick: false, className: 'learned', maxWidth: '24em', offset: 10 })
  private ready = false

  constructor(
    private readonly map: maplibre.Map,
    private readonly patrol: Patrol,
    private readonly settings: Settings,
    private palette: Palette,
    private readonly toScreen: ToScreen,
    private readonly now: () => number,
  ) {
    const begin = (): void => {
      this.ready = true
      for (const name of ['patrol-cells', 'patrol']) map.addSource(name, { type: 'geojson', data: EMPTY, tolerance: 0 })
      const under = 'zone-fill', of = (kind: string): maplibre.FilterSpecification => ['==', ['get', 'kind'], kind]
      map.addLayer({ id: 'patrol-heat', type: 'fill', source: 'patrol-cells', filter: ['>=', ['get', 'step'], 0], paint: { 'fill-antialias': false } }, under)
      map.addLayer({ id: 'patrol-seen', type: 'fill', source: 'patrol-cells', filter: ['>=', ['get', 'seen'], 0], paint: { 'fill-antialias': false } }, under)
      map.addLayer({ id: 'patrol-hatch', type: 'fill', source: 'patrol-cells', filter: ['get', 'hatched'], paint: { 'fill-antialias': false } }, under)
      map.addLayer({ id: 'patrol-grid', type: 'line', source: 'patrol-cells', paint: { 'line-width': ['case', ['>=', ['get', 'step'], 3], 1, 0.5] } }, under)
      map.addLayer({ id: 'patrol-area', type: 'fill', source: 'patrol', filter: of('keep'), paint: { 'fill-opacity': 0.18 } }, under)
      for (const [id, width, dashes, opacity] of LINES) map.addLayer({ id: `patrol-${id}`, type: 'line', source: 'patrol', filter: of(id), layout: { 'line-join': 'round' }, paint: { 'line-width': width, 'line-opacity': opacity, ...(dashes ? { 'line-dasharray': dashes } : {}) } }, under)
      map.addLayer({ id: 'patrol-halo', type: 'line', source: 'patrol', filter: of('chosen'), layout: { 'line-join': 'round' }, paint: { 'line-width': 7, 'line-opacity': 0.85 } }, under)
      map.addLayer({ id: 'patrol-chosen-behind', type: 'line', source: 'patrol', filter: of('chosen-behind'), layout: { 'line-join': 'round' }, paint: { 'line-width': 2.5, 'line-dasharray': [1.5, 2], 'line-opacity': 0.75 } }, under)
      map.addLayer({ id: 'patrol-chosen', type: 'line', source: 'patrol', filter: of('chosen'), layout: { 'line-join': 'round' }, paint: { 'line-width': 3.2 } }, under)
      this.paint()
      this.put()
    }
    if (map.isStyleLoaded()) begin()
    else map.once('style.load', begin)
    map.on('mousemove', (e) => this.point(e))
    map.on('mouseout', () => this.popup.remove())
    settings.addEventListener('layers', () => this.put())
  }

  get on(): boolean {
    return this.patrol.there && this.settings.layers.has('patrol')
  }

  setPalette(palette: Palette): void {
    this.palette = palette
    if (this.ready) this.paint()
  }

  private paint(): void {
    const { late, way, keep, heat } = this.palette.patrol, { map } = this
    if (map.hasImage('patrol-hatch')) map.removeImage('patrol-hatch')
    map.addImage('patrol-hatch', hatch(this.palette.label), { pixelRatio: 2 })
    map.setPaintProperty('patrol-heat', 'fill-color', ['match', ['get', 'step'], 0, late[0], 1, late[1], 2, late[2], 3, late[3], late[4]])
    map.setPaintProperty('patrol-heat', 'fill-opacity', ['match', ['get', 'step'], 0, heat * 0.55, heat])
    map.setPaintProperty('patrol-seen', 'fill-color', way)
    map.setPaintProperty('patrol-seen', 'fill-opacity', ['match', ['get', 'seen'], 0, SEEN_OPACITY[0], 1, SEEN_OPACITY[1], 2, SEEN_OPACITY[2], SEEN_OPACITY[3]])
    map.setPaintProperty('patrol-hatch', 'fill-pattern', 'patrol-hatch')
    map.setPaintProperty('patrol-hatch', 'fill-opacity', 0.4)
    map.setPaintProperty('patrol-grid', 'line-color', this.palette.label)
    map.setPaintProperty('patrol-grid', 'line-opacity', ['case', ['>=', ['get', 'step'], 3], 0.55, 0.25])
    for (const id of ['behind', 'ahead', 'chosen', 'chosen-behind', 'chosen-later', 'ship', 'station']) map.setPaintProperty(`patrol-${id}`, 'line-color', way)
    map.setPaintProperty('patrol-keep', 'line-color', keep)
    map.setPaintProperty('patrol-area', 'fill-color', keep)
    map.setPaintProperty('patrol-halo', 'line-color', this.palette.halo)
  }

  /** What has changed: the cells or all that moves. */
  put(what: 'all' | 'moving' = 'all'): void {
    if (!this.ready) return
    const set = (name: string, shapes: GeoJSON.FeatureCollection): void => void (this.map.getSource(name) as maplibre.GeoJSONSource).setData(shapes)
    if (what === 'all') set('patrol-cells', this.on ? shapesOfCells(this.patrol.cells, this.patrol.view) : EMPTY)
    set('patrol', this.on ? shapesOfPatrol(this.patrol, this.now()) : EMPTY)
    if (!this.on) this.popup.remove()
  }

  /** Sorties that are out, nearest to a point of the screen first within reach. */
  pick(x: number, y: number): Sortie | null {
    if (!this.on) return null
    const away = (s: Sortie): number => {
      const [sx, sy] = this.toScreen(...position(s, this.now()))
      return Math.hypot(sx - x, sy - y)
    }
    const near = this.patrol.out(this.now()).map((s) => ({ s, d: away(s) })).sort((a, b) => a.d - b.d)[0]
    return near && near.d <= REACH_PX ? near.s : null
  }

  /** Lateness in figures, bases and decks, and vehicles where they should be: rings, so that nobody takes them for heard ones. */
  draw(x: CanvasRenderingContext2D, font: string, width: number, height: number): void {
    if (!this.on) return
    const { palette, patrol } = this, now = this.now(), within = (p: [number, number]): boolean => p[0] > -40 && p[1] > -20 && p[0] < width + 40 && p[1] < height + 20
    x.save()
    x.lineJoin = 'round'
    x.textBaseline = 'middle'
    this.drawLate(x, font, within)
    const write = (text: string, px: number, py: number, colour: string): void => {
      x.strokeStyle = palette.halo
      x.lineWidth = 3.5
      x.strokeText(text, px, py)
      x.fillStyle = colour
      x.fillText(text, px, py)
    }
    const placed: [number, number, number][] = []
    x.font = `bold 12.5px ${font}`
    for (const p of patrol.places) {
      const at = this.toScreen(...placeAt(p, now))
      if (!within(at)) continue
      deck(x, p, at, palette)
      const shut = patrol.told?.changes.places.includes(p.name) ? ' · closed' : p.closed.some(([a, b]) => a <= now && now < b) ? ' · deck closed' : ''
      write(`${p.name}${shut}`, at[0] + 12, at[1] - 10, palette.patrol.way)
      placed.push([at[0] + 12, at[1] - 10, at[0] + 12 + x.measureText(p.name + shut).width])
    }
    x.font = `italic 12.5px ${font}`
    for (const s of patrol.sheet.stations ?? []) {
      const at = this.toScreen(s.lat_deg, s.lon_deg)
      if (!within(at)) continue
      x.textAlign = 'center'
      write(s.name, at[0], at[1] + 16, palette.patrol.way)
      const half = x.measureText(s.name).width / 2
      placed.push([at[0] - half, at[1] + 16, at[0] + half])
      x.textAlign = 'start'
    }
    for (const s of patrol.out(now)) {
      const at = this.toScreen(...position(s, now)), chosen = same(s, patrol.chosen)
      if (!within(at)) continue
      x.beginPath()
      x.arc(...at, chosen ? 8 : 6, 0, 2 * Math.PI)
      for (const [colour, w] of [[palette.halo, 5], [palette.patrol.way, chosen ? 3 : 2]] as const) {
        x.strokeStyle = colour
        x.lineWidth = w
        x.stroke()
      }
      x.fillStyle = palette.patrol.way
      x.fillRect(at[0] - 1.5, at[1] - 1.5, 3, 3)
      const w = x.measureText(s.vehicle).width, sides: [number, number][] = [[10, 1], [-10 - w, 1], [-w / 2, 17], [-w / 2, -16]]
      const free = sides.find(([dx, dy]) => !placed.some(([l, t, r]) => Math.abs(t - at[1] - dy) < 14 && l < at[0] + dx + w && r > at[0] + dx)) ?? (chosen ? sides[0]! : null)
      if (!free) continue
      placed.push([at[0] + free[0], at[1] + free[1], at[0] + free[0] + w])
      write(s.vehicle, at[0] + free[0], at[1] + free[1], palette.patrol.way)
    }
    for (const v of patrol.told?.changes.looks ?? []) {
      const at = this.toScreen(v.lat_deg, v.lon_deg)
      if (!within(at)) continue
      x.strokeStyle = palette.patrol.way
      x.lineWidth = 2.5
      x.strokeRect(at[0] - 9, at[1] - 9, 18, 18)
      write(`look at ${v.name}`, at[0] + 13, at[1], palette.patrol.way)
    }
    const goal = patrol.open && patrol.tab === 'look' ? patrol.goal?.at : null
    if (goal) {
      const at = this.toScreen(...goal)
      x.strokeStyle = palette.css.accent
      x.lineWidth = 3
      x.strokeRect(at[0] - 10, at[1] - 10, 20, 20)
    }
    x.restore()
  }

  /** How late, in cells that are and have room for it: "2.4×". */
  private drawLate(x: CanvasRenderingContext2D, font: string, within: (p: [number, number]) => boolean): void {
    if (this.patrol.view !== 'age') return
    x.font = `12px ${font}`
    x.textAlign = 'center'
    for (const c of this.patrol.cells) {
      if (c.held || c.late <= 1) continue
      const at = this.toScreen(c.lat_deg, c.lon_deg)
      if (!within(at)) continue
      const a = this.toScreen(...c.corners[0]!), b = this.toScreen(...c.corners[1]!)
      if (Math.hypot(a[0] - b[0], a[1] - b[1]) < NUMBER_MIN_PX) return
      const text = `${c.late < 9.95 ? c.late.toFixed(1) : Math.round(c.late)}×`
      x.strokeStyle = this.palette.halo
      x.lineWidth = 3
      x.strokeText(text, ...at)
      x.fillStyle = this.palette.label
      x.fillText(text, ...at)
    }
    x.textAlign = 'start'
  }

  private point(e: maplibre.MapMouseEvent): void {
    if (!this.on || !this.map.getLayer('patrol-grid')) return void this.popup.remove()
    const found = this.map.queryRenderedFeatures(e.point, { layers: ['patrol-heat', 'patrol-seen', 'patrol-hatch'] })[0]
    const cell = found && this.patrol.byRow.get(Number(found.properties.row))
    if (cell) this.popup.setLngLat(e.lngLat).setText(wordsOfCell(cell, this.now())).addTo(this.map)
    else this.popup.remove()
  }
}

/** A base: a square; a ship's deck: a hull, bow to the right. */
function deck(x: CanvasRenderingContext2D, p: PatrolPlace, [px, py]: [number, number], palette: Palette): void {
  x.beginPath()
  if (p.ship) for (const [dx, dy] of [[-9, -5], [4, -5], [10, 0], [4, 5], [-9, 5]] as const) x.lineTo(px + dx, py + dy)
  else x.rect(px - 5, py - 5, 10, 10)
  x.closePath()
  x.fillStyle = palette.halo
  x.fill()
  x.strokeStyle = palette.patrol.way
  x.lineWidth = 2.2
  x.stroke()
}

/** Lines aslant, for what radars hold. */
function hatch(colour: string): ImageData {
  const size = 2 * HATCH_PX, canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const x = canvas.getContext('2d')!
  x.strokeStyle = colour
  x.lineWidth = 1.6
  for (const shift of [-size, 0, size]) {
    x.beginPath()
    x.moveTo(shift, size)
    x.lineTo(shift + size, 0)
    x.stroke()
  }
  return x.getImageData(0, 0, size, size)
}

/** What people told, on the map: a speech balloon at the place, the circle within which it was, what was seen and how long ago. */
import * as maplibre from 'maplibre-gl'
import { circle } from './geo'
import { LABEL_HEIGHT, type Placed, type Wanted } from './labels'
import type { Palette } from './palettes'
import { labelOf, strength, wordsOf, WITH_95, type Report, type Reports } from './reports'
import type { Settings } from './settings'
import { CELL, TIP, type Atlas } from './symbols'

/** Names of reports have numbers beyond those of vessels (u4) and of our own. */
export const REPORT_ID = 2 ** 34
const PRIORITY = 4200, CHOSEN = 9000 // before most vessels; it alone says what was seen
const SIZE_PX = 38, MIDDLE_PX = (TIP * SIZE_PX) / CELL + 3, REACH_PX = 13 // the balloon stands above its place
const CIRCLE_MIN_PX = 9 // smaller ones hide under the mark
const POINTS = 72

type ToScreen = (lat: number, lon: number) => [number, number]

export class Told {
  private hovered = ''
  private placed: readonly Placed[] = []
  private readonly popup = new maplibre.Popup({ closeButton: false, closeOnClick: false, className: 'learned', maxWidth: '24em', offset: [0, -28] })

  constructor(
    private readonly map: maplibre.Map,
    private readonly reports: Reports,
    private readonly settings: Settings,
    private readonly toScreen: ToScreen,
    private readonly px_per_m: () => number,
    private readonly now: () => number,
  ) {
    map.on('mousemove', (e) => this.point(e.point.x, e.point.y))
    map.on('mouseout', () => this.point(NaN, NaN))
  }

  /** All while the layer is on; the chosen one always, last. */
  private get shown(): Report[] {
    const { list, chosen } = this.reports
    const on = this.settings.layers.has('reports')
    return [...list.filter((r) => on && r.id !== chosen), ...list.filter((r) => r.id === chosen)]
  }
  private at(r: Report): [number, number] {
    return this.toScreen(r.lat_deg, r.lon_deg)
  }

  /** What is written beside them, and in `symbols` what is to be kept free of names. */
  wanted(symbols: number[], widthOf: (text: string) => number, width: number, height: number): Wanted[] {
    const index = new Map(this.reports.list.map((r, i) => [r.id, i]))
    return this.shown.flatMap((r) => {
      const [x, y] = this.at(r)
      if (x < 0 || y < 0 || x > width || y > height + SIZE_PX) return []
      symbols.push(x, y - MIDDLE_PX, REACH_PX - 3)
      const text = labelOf(r, this.now()), loud = r.id === this.reports.chosen || r.id === this.hovered
      return { id: REPORT_ID + index.get(r.id)!, x, y: y - MIDDLE_PX, reach: REACH_PX + 3, width: widthOf(text), text, priority: loud ? CHOSEN : PRIORITY, loud: false }
    })
  }

  /** The report under a point of the screen, by its balloon or its words: its id, ''. */
  pick(x: number, y: number): string {
    const away = (r: Report): number => Math.hypot(this.at(r)[0] - x, this.at(r)[1] - MIDDLE_PX - y)
    const near = this.shown.map((r) => ({ r, d: away(r) })).sort((p, q) => p.d - q.d)[0]
    if (near && near.d <= REACH_PX) return near.r.id
    const name = this.placed.find((l) => l.id >= REPORT_ID && x >= l.left && x <= l.left + l.width && y >= l.top && y <= l.top + LABEL_HEIGHT)
    return name ? (this.reports.list[name.id - REPORT_ID]?.id ?? '') : ''
  }

  draw(x: CanvasRenderingContext2D, palette: Palette, atlas: Atlas, placed: readonly Placed[], font: string): void {
    this.placed = placed
    const { draft, chosen } = this.reports, { shown } = this
    x.save()
    x.lineJoin = x.lineCap = 'round'
    for (const r of shown) {
      x.globalAlpha = r.id === chosen ? 1 : strength(this.now() - r.time)
      this.circle(x, r.lat_deg, r.lon_deg, r.sd_m, palette.told, r.id === chosen, palette)
    }
    for (const r of shown) {
      const [cx, cy] = this.at(r), from = atlas.mapping['report']!
      x.globalAlpha = r.id === chosen ? 1 : strength(this.now() - r.time)
      x.drawImage(atlas.canvas, from.x, from.y, CELL, CELL, cx - SIZE_PX / 2, cy - SIZE_PX / 2 - (TIP * SIZE_PX) / CELL, SIZE_PX, SIZE_PX)
      if (r.id !== chosen) continue
      const { x: left, y: top } = atlas.mapping['selected']!
      x.drawImage(atlas.canvas, left, top, CELL, CELL, cx - 24, cy - MIDDLE_PX - 24, 48, 48)
    }
    x.globalAlpha = 1
    for (const l of placed) this.name(x, l, palette, font)
    if (draft?.by === 'map' && draft.at) {
      this.circle(x, ...draft.at, draft.sd_m, palette.css.accent, true, palette)
      const [cx, cy] = this.toScreen(...draft.at)
      x.setLineDash([])
      x.beginPath()
      x.arc(cx, cy, 4, 0, 2 * Math.PI)
      x.fillStyle = palette.css.accent
      x.fill()
    }
    x.restore()
  }

  /** Within which it was with 95 %. */
  private circle(x: CanvasRenderingContext2D, lat: number, lon: number, sd_m: number, colour: string, strong: boolean, palette: Palette): void {
    if (!strong && WITH_95 * sd_m * this.px_per_m() < CIRCLE_MIN_PX) return
    x.beginPath()
    for (const [clon, clat] of circle(lat, lon, WITH_95 * sd_m, POINTS)) x.lineTo(...this.toScreen(clat, clon))
    x.closePath()
    for (const [ink, width] of strong ? ([[palette.halo, 5], [colour, 2.2]] as const) : ([[colour, 1.4]] as const)) {
      x.setLineDash(ink === palette.halo ? [] : [2, 5])
      x.strokeStyle = ink
      x.lineWidth = width
      x.stroke()
    }
  }

  private name(x: CanvasRenderingContext2D, l: Placed, palette: Palette, font: string): void {
    const r = l.id >= REPORT_ID ? this.reports.list[l.id - REPORT_ID] : undefined
    if (!r) return
    const [px, py] = this.at(r), left = l.left + px - l.x + 3, middle = l.top + py - MIDDLE_PX - l.y + LABEL_HEIGHT / 2 + 0.5
    x.font = `italic 13px ${font}`
    x.setLineDash([])
    x.lineWidth = 4
    x.strokeStyle = palette.halo
    x.strokeText(l.text, left, middle)
    x.fillStyle = palette.told
    x.fillText(l.text, left, middle)
  }

  /** All its words while the mouse is on it. */
  private point(x: number, y: number): void {
    const id = Number.isNaN(x) ? '' : this.pick(x, y)
    if (id === this.hovered) return
    this.hovered = id
    const r = this.reports.get(id)
    if (!r) return void this.popup.remove()
    this.popup.setLngLat([r.lon_deg, r.lat_deg]).setText(wordsOf(r, this.now())).addTo(this.map)
  }
}

/** Our own vehicles, cameras and crews on the map: symbols, names, trails, what their cameras show, and the lines of their tasks. */
import { isPlaced, isSilent, labelOf, pointing, type Asset, type Assets } from './assets'
import { RAD } from './geo'
import { LABEL_HEIGHT, type Placed, type Wanted } from './labels'
import type { Palette } from './palettes'
import type { Picture } from './picture'
import type { Settings } from './settings'
import { CELL, type Atlas } from './symbols'
import { stateWords, type Task, type Tasks } from './tasks'

/** Names of assets have numbers beyond those of vessels (u4). */
export const ASSET_ID = 2 ** 33
const PRIORITY = 8000 // before all vessels but the chosen one and distress
const SIZE_PX = 40, REACH_PX = 17, PICK_PX = 17
const BOW_PX: readonly [number, number] = [18, 31] // of the tick that says where it points
const WORDS_AT = 0.62 // of the way
/** Dashes by state: only asked for, agreed, under way, past its time. */
const DASHES: Partial<Record<Task['state'], number[]>> = { proposed: [2, 5], accepted: [7, 6], sent: [7, 6], 'under way': [], late: [14, 5] }

type ToScreen = (lat: number, lon: number) => [number, number]
type Pixel = [x: number, y: number]

export class Fleet {
  constructor(
    private readonly assets: Assets,
    private readonly tasks: Tasks,
    private readonly settings: Settings,
    private readonly picture: Picture,
    private readonly toScreen: ToScreen,
    private readonly now: () => number,
  ) {}

  /** Those that stand somewhere, while the layer is on; the chosen one always, last. */
  private get shown(): Asset[] {
    const { layers, asset } = this.settings
    const placed = this.assets.list.filter((a) => isPlaced(a) && (layers.has('assets') || a.name === asset))
    return [...placed.filter((a) => a.name !== asset), ...placed.filter((a) => a.name === asset)]
  }
  private at(a: Asset): Pixel {
    return this.toScreen(a.lat_deg!, a.lon_deg!)
  }

  /** Their names, and in `symbols` what is to be kept free of vessels' names. */
  wanted(symbols: number[], widthOf: (text: string) => number): Wanted[] {
    for (const { x, y, words } of this.words()) for (let along = -3 * words.length; along <= 3 * words.length; along += 12) symbols.push(x + along, y, 8)
    return this.shown.map((a) => {
      const [x, y] = this.at(a), text = labelOf(a, this.now())
      symbols.push(x, y, REACH_PX - 4)
      return { id: ASSET_ID + this.assets.list.indexOf(a), x, y, reach: REACH_PX + 3, width: widthOf(text), text, priority: PRIORITY, loud: false }
    })
  }

  /** The asset under a point of the screen, by its symbol or its name; ''. */
  pick(x: number, y: number, placed: readonly Placed[]): string {
    const near = this.shown.map((a) => ({ a, away: Math.hypot(this.at(a)[0] - x, this.at(a)[1] - y) })).sort((p, q) => p.away - q.away)[0]
    if (near && near.away <= PICK_PX) return near.a.name
    const name = placed.find((l) => l.id >= ASSET_ID && x >= l.left && x <= l.left + l.width && y >= l.top && y <= l.top + LABEL_HEIGHT)
    return name ? (this.assets.list[name.id - ASSET_ID]?.name ?? '') : ''
  }

  draw(x: CanvasRenderingContext2D, palette: Palette, atlas: Atlas, placed: readonly Placed[], font: string): void {
    const { shown } = this
    x.save()
    x.lineJoin = x.lineCap = 'round'
    for (const a of shown) this.footprint(x, a, palette)
    for (const a of shown) this.trail(x, a, palette)
    this.tasksOf(x, palette, font)
    this.draft(x, palette)
    for (const a of shown) this.symbol(x, a, palette, atlas)
    for (const l of placed) this.name(x, l, palette, font)
    x.restore()
  }

  private path(x: CanvasRenderingContext2D, points: readonly Pixel[], closed = false): void {
    x.beginPath()
    for (const p of points) x.lineTo(...p)
    if (closed) x.closePath()
  }

  /** What its camera shows on the sea. */
  private footprint(x: CanvasRenderingContext2D, a: Asset, palette: Palette): void {
    if (a.looks.length < 3 || isSilent(a)) return
    this.path(x, a.looks.map((p) => this.toScreen(...p)), true) // prettier-ignore
    x.fillStyle = palette.asset.fill
    x.globalAlpha = 0.22
    x.fill()
    x.globalAlpha = 1
    x.strokeStyle = palette.asset.ink
    x.lineWidth = 1.2
    x.setLineDash([])
    x.stroke()
  }

  private trail(x: CanvasRenderingContext2D, a: Asset, palette: Palette): void {
    const trail = this.assets.trails.get(a.name)
    if (!trail?.length) return
    this.path(x, [...trail.map(([, lat, lon]) => this.toScreen(lat, lon)), this.at(a)])
    x.strokeStyle = palette.asset.ink
    x.lineWidth = a.name === this.settings.asset ? 2.5 : 1.5
    x.globalAlpha = isSilent(a) ? 0.35 : 0.7
    x.stroke()
    x.globalAlpha = 1
  }

  private symbol(x: CanvasRenderingContext2D, a: Asset, palette: Palette, atlas: Atlas): void {
    const [cx, cy] = this.at(a), faint = isSilent(a), way = pointing(a)
    const put = (name: string, size: number): void => {
      const from = atlas.mapping[name]
      if (from) x.drawImage(atlas.canvas, from.x, from.y, CELL, CELL, cx - size / 2, cy - size / 2, size, size)
    }
    x.globalAlpha = faint ? 0.7 : 1
    if (way !== null && !faint) {
      const along = (r: number): Pixel => [cx + r * Math.sin(way * RAD), cy - r * Math.cos(way * RAD)]
      for (const [colour, width] of [[palette.halo, 6], [palette.asset.ink, 3]] as const) {
        this.path(x, BOW_PX.map(along))
        x.strokeStyle = colour
        x.lineWidth = width
        x.stroke()
      }
    }
    put(`asset-${a.kind}-${faint ? 1 : 0}`, SIZE_PX)
    x.globalAlpha = 1
    if (a.name === this.settings.asset) put('selected', 56)
  }

  private name(x: CanvasRenderingContext2D, l: Placed, palette: Palette, font: string): void {
    const a = l.id >= ASSET_ID ? this.assets.list[l.id - ASSET_ID] : undefined
    if (!a || !isPlaced(a)) return
    const [px, py] = this.at(a), left = l.left + px - l.x + 3, middle = l.top + py - l.y + LABEL_HEIGHT / 2 + 0.5
    text(x, l.text, left, middle, palette, `bold 13px ${font}`, palette.asset.ink)
  }

  // tasks

  /** Where a task leads, on the screen; none where nobody knows: a return, a vessel that has left the picture. */
  private goal(t: Pick<Task, 'vessel' | 'places'>): Pixel[] {
    const s = t.vessel ? this.picture.slotOf.get(t.vessel) : undefined
    if (s !== undefined) return [this.toScreen(this.picture.shown[2 * s + 1]!, this.picture.shown[2 * s]!)]
    return t.places.map((p) => this.toScreen(...p))
  }

  /** Open tasks that lead somewhere, from their asset on. */
  private ways(): { t: Task; way: Pixel[] }[] {
    if (!this.settings.layers.has('tasks')) return []
    return this.tasks.underWay.flatMap((t) => {
      const a = this.assets.get(t.asset), goal = this.goal(t)
      return a && isPlaced(a) && goal.length ? [{ t, way: [this.at(a), ...goal] }] : []
    })
  }

  /** What is said along them; of several at one place, below each other. */
  private words(): { words: string; x: number; y: number }[] {
    const told = new Map<string, number>()
    return this.ways().map(({ t, way }) => {
      const [ax, ay] = way[0]!, [gx, gy] = way[1]!, key = `${t.asset}/${Math.round(gx)}/${Math.round(gy)}`, nth = told.get(key) ?? 0
      told.set(key, nth + 1)
      return { words: `${t.kind}: ${stateWords(t)}`, x: ax + WORDS_AT * (gx - ax), y: ay + WORDS_AT * (gy - ay) - 9 + 15 * nth }
    })
  }

  private tasksOf(x: CanvasRenderingContext2D, palette: Palette, font: string): void {
    for (const { t, way } of this.ways()) {
      for (const [colour, width] of [[palette.halo, 5], [palette.asset.ink, t.state === 'under way' || t.state === 'late' ? 2.5 : 1.8]] as const) {
        x.setLineDash(colour === palette.halo ? [] : (DASHES[t.state] ?? []))
        x.globalAlpha = colour === palette.halo ? 0.7 : 1
        x.strokeStyle = colour
        x.lineWidth = width
        this.path(x, way)
        x.stroke()
      }
      x.setLineDash([])
      this.marks(x, way.slice(1), t.vessel > 0, palette)
    }
    x.textAlign = 'center'
    for (const w of this.words()) text(x, w.words, w.x, w.y, palette, `12.5px ${font}`, palette.asset.ink)
    x.textAlign = 'start'
  }

  /** A ring around a vessel, a small target at a place. */
  private marks(x: CanvasRenderingContext2D, goal: readonly Pixel[], vessel: boolean, palette: Palette): void {
    for (const [colour, width] of [[palette.halo, 4], [palette.asset.ink, 2]] as const) {
      x.strokeStyle = colour
      x.lineWidth = width
      for (const [gx, gy] of goal) {
        x.beginPath()
        x.arc(gx, gy, vessel ? 17 : 5, 0, 2 * Math.PI)
        x.stroke()
      }
    }
  }

  /** What is being asked for, and the cross that the space bar puts a place at. */
  private draft(x: CanvasRenderingContext2D, palette: Palette): void {
    const { draft } = this.tasks, a = draft && this.assets.get(draft.asset)
    if (!draft || !a) return
    const goal = this.goal(draft)
    if (goal.length) {
      x.strokeStyle = palette.css.accent
      x.lineWidth = 2
      x.setLineDash([4, 4])
      this.path(x, isPlaced(a) ? [this.at(a), ...goal] : goal)
      x.stroke()
      x.setLineDash([])
      this.marks(x, goal, draft.vessel > 0, palette)
    }
  }
}

function text(x: CanvasRenderingContext2D, words: string, left: number, middle: number, palette: Palette, font: string, colour: string): void {
  x.font = font
  x.lineWidth = 4
  x.strokeStyle = palette.halo
  x.strokeText(words, left, middle)
  x.fillStyle = colour
  x.fillText(words, left, middle)
}

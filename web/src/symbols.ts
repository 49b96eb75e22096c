/**
 * The symbols, drawn once per palette into one atlas.
 *
 * Who sees it:  triangle = AIS, circle = radar, triangle in a circle = both (IEC 62288 table A: AIS triangle, radar circle).
 * What it is:   colour, and the shape of the triangle's stern.
 * Where to:     the bow; a diamond where no direction is known.
 * How sure:     filled = live; hollow (its circle dashed) = coasting; hollow, thin and crossed out = faded.
 */
import { ASSET_KINDS, type AssetKind } from './assets'
import { CATEGORIES } from './picture'
import type { Palette } from './palettes'

export const CELL = 80 // px in the atlas; drawn at less than half
const C = CELL / 2
export const HELD = ['radar', 'ais', 'both'] as const
export type Held = (typeof HELD)[number]

export interface Atlas {
  canvas: HTMLCanvasElement
  mapping: Record<string, { x: number; y: number; width: number; height: number; mask: boolean }>
  /** icon name by category, held (index in HELD), pointed (0/1) and status: `names[nameIndex(…)]` */
  names: string[]
  /** data URLs made so far, by name and size */
  images: Map<string, string>
}

export function nameIndex(category: number, held: number, pointed: number, status: number): number {
  return ((category * 3 + held) * 2 + pointed) * 3 + status
}

/** Outline of a vessel pointing up, by category; the stern tells the type. Bow at -24, stern near 20. */
function hull(x: CanvasRenderingContext2D, category: number): void {
  x.beginPath()
  x.moveTo(0, -24)
  switch (CATEGORIES[category]) {
    case 'tanker': // round stern
      x.lineTo(13, 14)
      x.quadraticCurveTo(0, 28, -13, 14)
      break
    case 'passenger': // broad: a house on deck
      x.lineTo(16, 8)
      x.lineTo(16, 20)
      x.lineTo(-16, 20)
      x.lineTo(-16, 8)
      break
    case 'fishing': // swallow-tail
      x.lineTo(15, 22)
      x.lineTo(0, 8)
      x.lineTo(-15, 22)
      break
    case 'pleasure': // slim
      x.lineTo(8, 20)
      x.lineTo(-8, 20)
      break
    case 'high speed': // arrowhead
      x.lineTo(17, 20)
      x.lineTo(0, -2)
      x.lineTo(-17, 20)
      break
    case 'service': // waist
      x.lineTo(7, -2)
      x.lineTo(15, 20)
      x.lineTo(-15, 20)
      x.lineTo(-7, -2)
      break
    default: // cargo, other, unknown: the plain AIS triangle
      x.lineTo(14, 20)
      x.lineTo(-14, 20)
  }
  x.closePath()
}

function diamond(x: CanvasRenderingContext2D, r = 15): void {
  x.beginPath()
  x.moveTo(0, -r)
  x.lineTo(r, 0)
  x.lineTo(0, r)
  x.lineTo(-r, 0)
  x.closePath()
}

function aircraft(x: CanvasRenderingContext2D): void {
  x.beginPath()
  for (const [a, b] of [[0, -24], [4, -14], [4, -6], [24, 6], [24, 12], [4, 6], [3, 16], [9, 22], [0, 20], [-9, 22], [-3, 16], [-4, 6], [-24, 12], [-24, 6], [-4, -6], [-4, -14]] as const) x.lineTo(a, b)
  x.closePath()
}

/** Fills live shapes, leaves others hollow; always with a dark or light edge so that it shows on sea and land. */
function paint(x: CanvasRenderingContext2D, colour: string, edge: string, halo: string, status: number): void {
  x.lineJoin = 'round'
  if (status === 0) {
    x.lineWidth = 7
    x.strokeStyle = halo
    x.stroke()
    x.fillStyle = colour
    x.fill()
    x.lineWidth = 2.5
    x.strokeStyle = edge
    x.stroke()
    return
  }
  x.lineWidth = status === 1 ? 9 : 7
  x.strokeStyle = halo
  x.stroke()
  x.lineWidth = status === 1 ? 4 : 2.5
  x.strokeStyle = colour
  x.stroke()
}

/** A line across a faded vessel: lost, after the lost-target sign of IEC 62288. */
function cross(x: CanvasRenderingContext2D, colour: string, halo: string): void {
  for (const [tone, width] of [[halo, 8], [colour, 3.5]] as const) {
    x.beginPath()
    x.moveTo(-22, 22)
    x.lineTo(22, -22)
    x.lineWidth = width
    x.strokeStyle = tone
    x.stroke()
  }
}

function ring(x: CanvasRenderingContext2D, r: number): void {
  x.beginPath()
  x.arc(0, 0, r, 0, 2 * Math.PI)
}

function vessel(x: CanvasRenderingContext2D, p: Palette, category: number, held: Held, pointed: boolean, status: number): void {
  const colour = p.categories[category]!
  if (held === 'radar') {
    ring(x, status === 0 ? 14 : 15)
    paint(x, colour, p.outline, p.halo, status)
    if (pointed && status < 2) {
      x.beginPath() // a tick ahead, so that a circle has a bow too
      x.moveTo(0, -14)
      x.lineTo(0, -26)
      x.lineWidth = 5
      x.strokeStyle = colour
      x.stroke()
    }
    if (status === 2) cross(x, colour, p.halo)
    return
  }
  if (held === 'both') {
    ring(x, pointed ? 31 : 25)
    x.lineWidth = 6
    x.strokeStyle = p.halo
    x.stroke()
    x.setLineDash(status ? [13, 9] : [])
    x.lineWidth = 3
    x.strokeStyle = colour
    x.stroke()
    x.setLineDash([])
  }
  if (CATEGORIES[category] === 'aircraft') aircraft(x)
  else if (pointed) hull(x, category)
  else diamond(x)
  paint(x, colour, p.outline, p.halo, status)
  if (CATEGORIES[category] === 'unknown' && pointed && status === 0) {
    ring(x, 4)
    x.fillStyle = p.halo
    x.fill()
  }
  if (status === 2) cross(x, colour, p.halo)
}

/** AIS-SART, MOB, EPIRB: circle with a cross, large (IEC 62288: active AIS-SART). */
function distress(x: CanvasRenderingContext2D, p: Palette, status: number): void {
  ring(x, 26)
  x.lineWidth = 14
  x.strokeStyle = p.halo
  x.stroke()
  x.setLineDash(status ? [9, 6] : [])
  x.lineWidth = 7
  x.strokeStyle = p.alarm
  x.stroke()
  x.setLineDash([])
  x.beginPath()
  for (const a of [1, 3, 5, 7]) {
    x.moveTo(0, 0)
    x.lineTo(26 * Math.cos((a * Math.PI) / 4), 26 * Math.sin((a * Math.PI) / 4))
  }
  x.stroke()
}

/** Marks that are no vessels: "station" (mast), "aid" (diamond with a cross), "off" (aid off its place), "own" (two rings). */
function mark(x: CanvasRenderingContext2D, p: Palette, kind: string): void {
  x.strokeStyle = kind === 'off' ? p.alarm : p.mark
  x.fillStyle = p.halo
  x.lineWidth = 4
  if (kind === 'station') {
    x.beginPath()
    x.rect(-13, -13, 26, 26)
    x.fill()
    x.stroke()
    x.beginPath()
    x.moveTo(0, 13)
    x.lineTo(0, -6)
    x.moveTo(-7, -6)
    x.lineTo(7, -6)
    x.stroke()
  } else if (kind === 'own') {
    for (const r of [20, 11]) {
      ring(x, r)
      x.stroke()
    }
  } else {
    diamond(x, 20)
    x.fill()
    x.setLineDash(kind === 'off' ? [6, 4] : [])
    x.stroke()
    x.setLineDash([])
    x.beginPath()
    x.moveTo(-8, 0)
    x.lineTo(8, 0)
    x.moveTo(0, -8)
    x.lineTo(0, 8)
    x.stroke()
  }
}

/** The frame of a friend by where it is, after MIL-STD-2525D: open below in the air, open above under water, whole on the sea, square on land. */
function frame(x: CanvasRenderingContext2D, kind: AssetKind): void {
  x.beginPath()
  if (kind === 'aircraft') {
    x.moveTo(-25, 24)
    x.lineTo(-25, 0)
    x.arc(0, 0, 25, Math.PI, 0)
    x.lineTo(25, 24)
  } else if (kind === 'underwater') {
    x.moveTo(-25, -24)
    x.lineTo(-25, 0)
    x.arc(0, 0, 25, Math.PI, 0, true)
    x.lineTo(25, -24)
  } else if (kind === 'surface') x.arc(0, 0, 27, 0, 2 * Math.PI)
  else x.rect(-29, -21, 58, 42)
}

/** What it is, in its frame. */
function glyph(x: CanvasRenderingContext2D, kind: AssetKind): void {
  const line = (...points: readonly (readonly [number, number])[]): void => {
    x.beginPath()
    for (const [a, b] of points) x.lineTo(a, b)
  }
  if (kind === 'aircraft') { // wings and a tail
    line([0, -12], [0, 14])
    x.stroke()
    line([-15, 2], [0, -4], [15, 2])
    x.stroke()
    line([-6, 14], [6, 14])
    x.stroke()
  } else if (kind === 'surface') { // a hull and a mast
    line([-15, 3], [15, 3], [9, 13], [-9, 13], [-15, 3])
    x.fill()
    line([0, 3], [0, -13], [9, -3], [0, -3])
    x.stroke()
  } else if (kind === 'underwater') { // a long body with its screw
    x.beginPath()
    x.ellipse(2, 2, 13, 6, 0, 0, 2 * Math.PI)
    x.fill()
    line([-17, -5], [-17, 9])
    x.stroke()
    line([-17, 2], [-10, 2])
    x.stroke()
  } else if (kind === 'camera') { // a box and its lens
    x.fillRect(-18, -9, 22, 18)
    line([4, 0], [17, -9], [17, 9], [4, 0])
    x.fill()
  } else { // a person
    x.beginPath()
    x.arc(0, -8, 6, 0, 2 * Math.PI)
    x.fill()
    x.beginPath()
    x.arc(0, 14, 12, Math.PI, 0)
    x.fill()
  }
} // prettier-ignore

/** One of ours: a light, framed plate that no vessel has; hollow and dashed where its link is silent. */
function asset(x: CanvasRenderingContext2D, p: Palette, kind: AssetKind, silent: boolean): void {
  x.lineJoin = x.lineCap = 'round'
  frame(x, kind)
  x.lineWidth = 10
  x.strokeStyle = p.halo
  x.stroke()
  x.fillStyle = silent ? p.halo : p.asset.fill
  x.fill()
  x.setLineDash(silent ? [9, 7] : [])
  x.lineWidth = 4.5
  x.strokeStyle = p.asset.ink
  x.stroke()
  x.setLineDash([])
  x.lineWidth = 4.5
  x.fillStyle = p.asset.ink
  glyph(x, kind)
}

export const TIP = 22 // px of the cell from its middle down to the tip of the balloon, which is at the place

/** What a person told: a speech balloon. */
function balloon(x: CanvasRenderingContext2D, p: Palette): void {
  x.lineJoin = 'round'
  x.beginPath()
  x.roundRect(-27, -22, 54, 31, 8)
  x.moveTo(-9, 8)
  x.lineTo(0, TIP)
  x.lineTo(9, 8)
  x.lineWidth = 9
  x.strokeStyle = p.halo
  x.stroke()
  x.lineWidth = 4
  x.strokeStyle = p.told
  x.stroke()
  x.fillStyle = p.halo
  x.fill()
  x.fillStyle = p.told
  for (const dx of [-13, 0, 13]) {
    x.beginPath()
    x.arc(dx, -6.5, 4, 0, 2 * Math.PI)
    x.fill()
  }
}

export function drawAtlas(p: Palette): Atlas {
  const draws: [string, (x: CanvasRenderingContext2D) => void][] = []
  const names: string[] = []
  CATEGORIES.forEach((kind, category) =>
    HELD.forEach((held, h) => {
      for (const pointed of [0, 1])
        for (const status of [0, 1, 2]) {
          const name = kind === 'distress' ? `distress-${status}` : `${kind}-${held}-${pointed}-${status}`
          names[nameIndex(category, h, pointed, status)] = name
          if (kind === 'distress') {
            if (h === 0 && pointed === 0) draws.push([name, (x) => distress(x, p, status)])
          } else draws.push([name, (x) => vessel(x, p, category, held, pointed === 1, status)])
        }
    }),
  )
  for (const kind of ['station', 'aid', 'off', 'own']) draws.push([`mark-${kind}`, (x) => mark(x, p, kind)])
  draws.push(['report', (x) => balloon(x, p)])
  for (const kind of ASSET_KINDS) for (const silent of [0, 1]) draws.push([`asset-${kind}-${silent}`, (x) => asset(x, p, kind, silent === 1)])
  draws.push([
    'selected', // corners of a square, IEC 62288 selected target
    (x) => {
      for (const [colour, width] of [[p.halo, 10], [p.label, 5]] as const) {
        x.strokeStyle = colour
        x.lineWidth = width
        for (const [a, b] of [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const) {
          x.beginPath()
          x.moveTo(36 * a, 22 * b)
          x.lineTo(36 * a, 36 * b)
          x.lineTo(22 * a, 36 * b)
          x.stroke()
        }
      }
    },
  ])
  const columns = 16
  const canvas = document.createElement('canvas')
  canvas.width = columns * CELL
  canvas.height = Math.ceil(draws.length / columns) * CELL
  const x = canvas.getContext('2d', { willReadFrequently: true })!
  const mapping: Atlas['mapping'] = {}
  draws.forEach(([name, draw], i) => {
    const left = (i % columns) * CELL, top = Math.floor(i / columns) * CELL
    x.save()
    x.translate(left + C, top + C)
    draw(x)
    x.restore()
    mapping[name] = { x: left, y: top, width: CELL, height: CELL, mask: false }
  })
  return { canvas, mapping, names, images: new Map() }
}

/** One symbol as an image for legends and panels; drawn once per atlas. */
export function symbolImage(atlas: Atlas, name: string, size: number): string {
  const key = `${name}/${size}`, known = atlas.images.get(key)
  if (known !== undefined) return known
  const from = atlas.mapping[name]
  if (!from) return ''
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 2 * size
  canvas.getContext('2d', { willReadFrequently: true })!.drawImage(atlas.canvas, from.x, from.y, CELL, CELL, 0, 0, 2 * size, 2 * size)
  const url = canvas.toDataURL()
  atlas.images.set(key, url)
  return url
}

/** What other nodes watch with, as rings: fainter than our own; dashed where a sensor or its node is silent, gone after half an hour. */
import { circle } from './geo'
import { isHeard, type Mesh } from './mesh'

export interface Watching {
  name: string
  kind: string
  lat_deg: number
  lon_deg: number
  range_m: number
  serving: boolean
}
export interface NodeCover {
  author: string
  name: string
  sensors: Watching[]
}
/** A line to draw, as [lon, lat]: a whole ring, or one dash of it. `faint`: its node is not heard now. */
export interface Ring {
  path: [number, number][]
  faint: boolean
}

export const GONE_S = 1800 // as its vessels leave the picture
const POINTS = 144, DASH = 3 // points of a ring; of a dash, and of the gap behind it

/** Rings of the radars of nodes that have been heard lately: every kind that our own cover is drawn of. */
export function ringsOf(others: readonly NodeCover[], mesh: Mesh | null): Ring[] {
  const nodes = new Map(mesh?.nodes.map((n) => [n.author, n]))
  return others.flatMap(({ author, sensors }) => {
    const node = nodes.get(author)
    if ((node?.heard_s ?? 0) > GONE_S) return []
    const away = node !== undefined && !isHeard(node)
    return sensors.filter((s) => s.kind.endsWith('radar') && s.range_m > 0).flatMap((s) => ring(s, away || !s.serving, away))
  })
}

function ring(sensor: Watching, dashed: boolean, faint: boolean): Ring[] {
  const path = circle(sensor.lat_deg, sensor.lon_deg, sensor.range_m, POINTS)
  if (!dashed) return [{ path, faint }]
  return Array.from({ length: POINTS / (2 * DASH) }, (_, i) => ({ path: path.slice(2 * DASH * i, 2 * DASH * i + DASH + 1), faint }))
}

/** "2 sensors, 1 of them silent"; '' where none is told. */
export function wordsOfCover(cover: NodeCover | undefined): string {
  const n = cover?.sensors.length ?? 0, silent = cover?.sensors.filter((s) => !s.serving).length ?? 0
  if (!n) return ''
  return `${n} ${n === 1 ? 'sensor' : 'sensors'}${silent ? `, ${silent === n ? (n === 1 ? '' : 'all ') : `${silent} of them `}silent` : ''}`
}

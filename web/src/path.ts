/** Positions in the order of time -> pieces that were seen, gaps between them, and whole minutes or hours along the way. */
import { inverse } from './geo'

const GAP_INTERVALS = 10 // as many reports missed in a row: nobody knows where it was
const LEAST_INTERVAL_S = 2 // ITU-R M.1371-5 table 1: no vessel reports more often
const FASTEST_MPS = 150 // no ship or search aircraft: two vessels with one number, or a false position
const ERRING_M = 2000 // a leap within this is an error of position, not a second vessel
const STEPS_S = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600]

/** Columns of equal length; what could not be told is null. */
export interface Positions {
  time: (number | null)[]
  lat_deg: (number | null)[]
  lon_deg: (number | null)[]
}
export interface Fix {
  time: number // UTC s
  lat: number
  lon: number // unwrapped: neighbours differ by less than 180
}
export interface Path {
  fixes: Fix[]
  seen: Fix[][]
  gaps: [Fix, Fix][]
  /** s between reports, the median */
  interval: number
  /** s, of all pieces together */
  seen_s: number
}

/** Valid positions from `since` on (UTC s), cut where more than ten reports are missing or nobody could have gone. */
export function pathOf(told: Positions, since = -Infinity): Path {
  const fixes = fixesOf(told, since), steps = fixes.slice(1).map((f, i) => f.time - fixes[i]!.time)
  const interval = Math.max(LEAST_INTERVAL_S, [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0)
  const path: Path = { fixes, seen: [], gaps: [], interval, seen_s: 0 }
  let piece: Fix[] = []
  for (const fix of fixes) {
    const last = piece.at(-1)
    if (last && (fix.time - last.time > GAP_INTERVALS * interval || leaps(last, fix))) {
      path.seen.push(piece)
      path.gaps.push([last, fix])
      piece = []
    }
    piece.push(fix)
  }
  if (piece.length) path.seen.push(piece)
  for (const one of path.seen) path.seen_s += one.at(-1)!.time - one[0]!.time
  return path
}

function leaps(a: Fix, b: Fix): boolean {
  const { distance } = inverse(a.lat, a.lon, b.lat, b.lon)
  return distance > ERRING_M && distance > FASTEST_MPS * (b.time - a.time)
}

function fixesOf(told: Positions, since: number): Fix[] {
  const fixes: Fix[] = []
  told.time.forEach((time, i) => {
    const lat = told.lat_deg[i], lon = told.lon_deg[i]
    if (time === null || time < since || typeof lat !== 'number' || typeof lon !== 'number') return
    const last = fixes.at(-1)
    fixes.push({ time, lat, lon: last ? lon + 360 * Math.round((last.lon - lon) / 360) : lon })
  })
  return fixes
}

/** The finest step, s, that makes no more than `most` marks along the path. */
export function stepFor(path: Path, most: number): number {
  return STEPS_S.find((step) => path.seen_s / step <= most) ?? STEPS_S.at(-1)!
}

/** Where it was at every multiple of `step` s (UTC), between two reports; nothing inside a gap. */
export function marksAlong(path: Path, step: number): Fix[] {
  const marks: Fix[] = []
  for (const piece of path.seen) {
    let next = Math.ceil(piece[0]!.time / step) * step
    for (let i = 0; i < piece.length; i++) {
      const b = piece[i]!, a = piece[i - 1] ?? b
      for (; next <= b.time; next += step) {
        const part = b.time > a.time ? (next - a.time) / (b.time - a.time) : 1
        marks.push({ time: next, lat: a.lat + part * (b.lat - a.lat), lon: a.lon + part * (b.lon - a.lon) })
      }
    }
  }
  return marks
}

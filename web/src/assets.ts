/** Vehicles, cameras and crews of ours as the node tells them: where they are, where they were, how their links are, in words. */
import { inverse, KN_PER_MPS } from './geo'
import { clock, count, roughAge, shortAge } from './words'

export const ASSET_KINDS = ['aircraft', 'surface', 'underwater', 'camera', 'crew'] as const
export type AssetKind = (typeof ASSET_KINDS)[number]
export type LinkWord = 'never' | 'up' | 'late' | 'lost' | 'away'
export interface Asset {
  name: string
  kind: AssetKind
  profile: string // '' none
  operator: string // '' nobody
  link: LinkWord
  time: number | null // UTC s of its place
  heard: number | null
  lat_deg: number | null
  lon_deg: number | null
  height_m: number | null // above the sea, negative under it
  course_deg: number | null
  speed_mps: number | null
  heading_deg: number | null
  energy: number | null // 0 to 1
  mode: string
  looks: [lat: number, lon: number][]
}

const TRAIL_S = 600
const TRAIL_STEP_S = 3, TRAIL_STEP_M = 15
const STILL_MPS = 0.26

export const isPlaced = (a: Asset): boolean => a.lat_deg !== null && a.lon_deg !== null
/** Whether it is silent longer than it should be: drawn faint. A camera stands where it stands. */
export const isSilent = (a: Asset): boolean => a.link === 'lost' || a.link === 'away' || (a.link === 'never' && a.kind !== 'camera')
/** The way it points, degrees: heading, else course while it moves; null: not known. */
export const pointing = (a: Asset): number | null => a.heading_deg ?? ((a.speed_mps ?? 0) > STILL_MPS ? a.course_deg : null)

/** "1 200 m", "30 m deep", '' where it tells none, or is on the sea or the land. */
export function heightOf(a: Asset): string {
  const h = a.height_m
  if (h === null || (a.kind !== 'aircraft' && a.kind !== 'underwater')) return ''
  return h < -0.5 ? `${count(Math.round(-h))} m deep` : a.kind === 'underwater' ? 'at the surface' : `${count(Math.round(h))} m`
}

/** What is not as it should be with its link, for a label: "late 8s", "lost 3m", "under water since 14:02"; '' while it is up. */
export function linkBrief(a: Asset, now: number): string {
  const silent = shortAge(now - (a.heard ?? now))
  if (a.link === 'late') return `late ${silent}`
  if (a.link === 'lost') return `lost ${silent}`
  if (a.link === 'away') return awayOf(a)
  return a.link === 'never' && a.kind !== 'camera' ? 'never heard' : ''
}
function awayOf(a: Asset): string {
  return `${a.kind === 'underwater' ? 'under water' : 'away'} since ${a.heard === null ? '–' : clock(a.heard).slice(0, 5)}`
}

/** The same as a sentence for its panel. */
export function linkSentence(a: Asset, now: number): string {
  const heard = a.heard === null ? '' : `heard ${roughAge(now - a.heard)} ago`
  switch (a.link) {
    case 'up': return ''
    case 'late': return `Its link is late: ${heard}.`
    case 'lost': return `Its link is lost: ${heard}. Shown where it was then.`
    case 'away': return `${awayOf(a).replace(/^./, (c) => c.toUpperCase())}: expected back. Shown where it was then.`
    case 'never': return a.kind === 'camera' ? '' : 'Nothing has been heard of it since the node was started.'
  } // prettier-ignore
}

export function labelOf(a: Asset, now: number): string {
  const moves = a.speed_mps !== null && a.kind !== 'camera' && a.link !== 'never' ? `${(a.speed_mps * KN_PER_MPS).toFixed(0)} kn` : ''
  return [a.name, ...(isSilent(a) ? [] : [heightOf(a), moves]), linkBrief(a, now)].filter(Boolean).join(' · ')
}

export class Assets {
  list: Asset[] = []
  /** Where each was in the last minutes, since this page was opened: UTC s, lat, lon, oldest first. */
  readonly trails = new Map<string, [time: number, lat: number, lon: number][]>()

  constructor(private readonly changed: () => void) {}

  get(name: string): Asset | undefined {
    return this.list.find((a) => a.name === name)
  }

  /** `names`: of all there are, in their order; `assets`: those that are new or changed. */
  hear({ names, assets }: { names: string[]; assets: Asset[] }): void {
    const known = new Map([...this.list, ...assets].map((a) => [a.name, a]))
    this.list = names.flatMap((name) => known.get(name) ?? [])
    for (const name of this.trails.keys()) if (!names.includes(name)) this.trails.delete(name)
    for (const a of assets) this.extend(a)
    this.changed()
  }

  private extend(a: Asset): void {
    if (a.time === null || !isPlaced(a)) return
    const trail = this.trails.get(a.name) ?? [], last = trail.at(-1)
    if (last && (a.time - last[0] < TRAIL_STEP_S || inverse(last[1], last[2], a.lat_deg!, a.lon_deg!).distance < TRAIL_STEP_M)) return
    trail.push([a.time, a.lat_deg!, a.lon_deg!])
    this.trails.set(a.name, trail.filter(([time]) => time > a.time! - TRAIL_S))
  }
}

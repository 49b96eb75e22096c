/** "Who was here?": a place -> who was near it in the last hour, as the archive tells it, nearest first. */
import { askArchive, before } from './archive'

export const RADIUS_M = 2000
export const SPAN_S = 3600

interface Told {
  mmsi: number // 0: seen by radar alone
  vessel: number
  name: string
  distance: number // m, the least
  time: number // of that, UTC s
  first: number
  last: number
}
export interface Visitor extends Told {
  /** MMSI or number, as the archive is asked */
  who: string
  /** whether its number is one of the picture's: numbers begin anew with each run of the node */
  numbered: boolean
}

export class Nearby {
  at: { lat: number; lon: number } | null = null
  until = NaN // UTC s
  visitors: Visitor[] | null = null
  problem = ''
  private asked: AbortController | null = null

  constructor(private readonly changed: () => void) {}

  /** `now`: UTC s of the picture; `kept`: whether there is an archive to ask. */
  async ask(lat: number, lon: number, now: number, kept: boolean): Promise<void> {
    this.close()
    this.at = { lat, lon: ((((lon + 180) % 360) + 360) % 360) - 180 }
    this.until = now
    this.problem = kept ? '' : 'This node keeps no archive, so nobody can tell. It keeps one when started with --archive DIR.'
    this.changed()
    if (!kept) return
    const mine = (this.asked = new AbortController())
    const place = { lat_deg: this.at.lat.toFixed(6), lon_deg: this.at.lon.toFixed(6), radius: String(RADIUS_M), from: before(now, SPAN_S) }
    try {
      const { vessels, since } = await askArchive<{ vessels: Told[]; since: number | null }>('near', place, mine.signal)
      this.visitors = merged(vessels, since ?? -Infinity)
    } catch (error) {
      if (!mine.signal.aborted) this.problem = (error as Error).message
    }
    if (!mine.signal.aborted) this.changed()
  }

  close(): void {
    this.asked?.abort()
    this.at = this.visitors = this.asked = null
    this.problem = ''
    this.changed()
  }
}

/** One row a vessel, though it may have been tracked anew; nearest first. */
function merged(told: Told[], since: number): Visitor[] {
  const found = new Map<string, Visitor>()
  for (const one of [...told].sort((a, b) => a.distance - b.distance)) {
    const numbered = one.vessel > 0 && one.first >= since
    const who = one.mmsi ? String(one.mmsi).padStart(9, '0') : `#${one.vessel}`
    const key = one.mmsi ? who : `${who} ${numbered}`
    const known = found.get(key)
    if (!known) found.set(key, { ...one, who, numbered })
    else Object.assign(known, { first: Math.min(known.first, one.first), last: Math.max(known.last, one.last), name: known.name || one.name })
  }
  return [...found.values()]
}

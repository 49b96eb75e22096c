/** The past of one vessel as the archive tells it: asked for, renewed while it is shown, told in a sentence. */
import { askArchive, before } from './archive'
import { pathOf, type Path, type Positions } from './path'
import type { Picture } from './picture'
import { count, roughAge, when } from './words'

export const SPANS: readonly (readonly [number, string])[] = [[600, '10 min'], [3600, '1 h'], [21600, '6 h'], [86400, '24 h']] // prettier-ignore
const LEAST_RENEWAL_S = 30
const RECENT_S = 180 // a ship at anchor reports as seldom: ITU-R M.1371-5 table 1

interface Whereabouts extends Positions {
  mmsi: number // 0: asked by the picture's number
  since: number | null // from here on vessels' numbers are those of the picture
}
/** Whose past; `vessel` is its number in the picture, 0 when it is not there. */
export interface Subject {
  who: string
  name: string
  vessel: number
}

export function subjectOf(picture: Picture, id: number): Subject {
  const slot = picture.slotOf.get(id)
  const mmsi = slot === undefined ? (picture.claims.get(id)?.[0]?.mmsi ?? 0) : picture.mmsi[slot]!
  const who = mmsi ? String(mmsi).padStart(9, '0') : `#${id}`
  return { who, name: slot === undefined ? picture.claims.get(id)?.[0]?.name || who : picture.name[slot]!, vessel: id }
}

export class Past {
  subject: Subject | null = null
  span = 0 // s
  path: Path | null = null
  problem = ''
  private byAis = false
  private asked: AbortController | null = null
  private renewAt = 0

  /** `now`: UTC s of the picture. */
  constructor(private readonly now: () => number, private readonly changed: () => void) {}

  /** Draws it, or takes it away where just this is drawn. */
  toggle(subject: Subject, span: number): void {
    if (this.subject?.who === subject.who && this.span === span) return this.clear()
    if (this.subject?.who !== subject.who) this.path = null
    this.subject = subject
    this.span = span
    void this.ask()
  }

  clear(): void {
    if (!this.subject) return
    this.asked?.abort()
    this.asked = this.subject = this.path = null
    this.span = 0
    this.problem = ''
    this.changed()
  }

  /** Once a second. */
  second(): void {
    if (this.subject && !this.asked && !document.hidden && performance.now() > this.renewAt) void this.ask()
  }

  /** [lon, lat] where it was last, if that is so recent that it can be joined with where it is now. */
  get end(): [number, number] | null {
    const last = this.path?.fixes.at(-1)
    return last && this.now() - last.time < Math.max(RECENT_S, 10 * this.path!.interval) ? [last.lon, last.lat] : null
  }

  private async ask(): Promise<void> {
    const subject = this.subject!, mine = new AbortController()
    this.asked?.abort()
    this.asked = mine
    this.changed()
    try {
      const told = await askArchive<Whereabouts>('vessel', { who: subject.who, from: before(this.now(), this.span) }, mine.signal)
      this.path = pathOf(told, told.mmsi ? -Infinity : (told.since ?? -Infinity))
      this.byAis = told.mmsi > 0
      this.problem = ''
    } catch (error) {
      if (mine.signal.aborted) return
      this.problem = (error as Error).message
    }
    if (mine.signal.aborted) return
    this.asked = null
    this.renewAt = performance.now() + 1000 * Math.max(LEAST_RENEWAL_S, this.span / 60)
    this.changed()
  }

  /** What an officer should know of it. */
  get sentence(): string {
    const path = this.path, now = this.now()
    if (this.problem) return this.problem
    if (!path) return 'Asking the archive …'
    const [first, last] = [path.fixes[0], path.fixes.at(-1)]
    if (!first || !last) return `The archive has nothing of it from the last ${SPANS.find(([s]) => s === this.span)![1]}.`
    const many = `${count(path.fixes.length)} position${path.fixes.length === 1 ? '' : 's'} ${this.byAis ? 'by AIS' : 'tracked'}, ${when(first.time, now)} to ${when(last.time, now)}.`
    const longest = Math.max(...path.gaps.map(([a, b]) => b.time - a.time))
    if (!path.gaps.length) return many
    return `${many} ${path.gaps.length === 1 ? `Gap of ${roughAge(longest)}` : `${count(path.gaps.length)} gaps, the longest ${roughAge(longest)}`}: dashed.`
  }
}

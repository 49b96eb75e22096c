/** The patrol in words: a cell, a sortie and why it is flown, weather, figures. */
import { KN_PER_MPS, NM_M } from './geo'
import { LATE_WORDS, step, stopsOf, type Cell, type Look, type Patrol, type Sortie, type Spell } from './patrol'
import { age, share, when } from './words'

export const VESSELS: Record<string, string> = { boat: 'boats', fishing: 'fishing vessels', coaster: 'coasters', ship: 'ships' }
const hours = (s: number): string => `${(s / 3600).toFixed(1)} h`
const every = (h: number): string => (h >= 1 ? `${h} h` : `${Math.round(60 * h)} min`)
const by = (l: Look, now: number): string => `${when(l.time, now, 5)} by ${l.vehicle}${l.flown ? '' : ' (as planned)'}`

/** A cell, line by line: what is demanded, the last look and the next. */
export function wordsOfCell(c: Cell, now: number): string {
  const lines = [`due every ${every(c.every_h)}, for ${VESSELS[c.vessel] ?? c.vessel}`]
  const ais = c.heard === null ? 'whether AIS is heard there is not known' : c.heard_by === 'learned' ? `${share(c.heard)} of the AIS there is heard, as learned` : c.heard ? 'within reach of an AIS station' : 'beyond reach of all AIS stations'
  if (c.held) return [...lines, 'held by radars on shore', ais].join('\n')
  lines.push(`${LATE_WORDS[step(c.late)]}: ${age(c.age_s)} old, ${c.late < 1 ? share(c.late) : `${c.late.toFixed(1)} times`} ${c.late < 1 ? 'of what is demanded' : 'what is demanded'}`)
  lines.push(c.last ? `last look ${by(c.last, now)}` : 'not looked at since the patrol began')
  lines.push(c.next ? `next look ${when(c.next.time, now, 5)} by ${c.next.vehicle}` : 'no look planned')
  if (c.watched >= 0.01) lines.push(`radars hold ${share(c.watched)} of it`)
  lines.push(ais)
  return lines.join('\n')
}

/** What a sortie is for: cells by how often they are due, stations, vessels. */
export function whyOf(s: Sortie, patrol: Patrol, now: number): string[] {
  const due = new Map<number, Set<string>>(), found: string[] = []
  for (const stop of stopsOf(s)) {
    if (stop.purpose === 'station') found.push(`keeps ${stop.name} ${when(stop.arrive, now, 5)} to ${when(stop.leave, now, 5)}`)
    else if (stop.purpose === 'vessel') found.push(`looks at ${stop.name} from ${when(stop.arrive, now, 5)}`)
    else {
      const h = patrol.byRow.get(Number(stop.name))?.every_h ?? 0
      due.set(h, (due.get(h) ?? new Set()).add(stop.name))
    }
  }
  for (const [h, cells] of [...due].sort((a, b) => a[0] - b[0])) found.push(`${cells.size} ${cells.size === 1 ? 'cell that is' : 'cells that are'} due every ${h ? every(h) : '–'}`)
  return found
}

export const sortieTitle = (s: Sortie, now: number): string => `${s.vehicle}: ${s.start || 'aloft'} ${when(s.launch, now, 5)} to ${s.end || 'lost'} ${when(s.landing, now, 5)}, ${hours(s.landing - s.launch)}, ${stopsOf(s).length} stops`

export function wordsOfSpell(s: Spell): string {
  const cloud = s.cloud_base_m === null ? '' : `, cloud at ${Math.round(s.cloud_base_m)} m`
  return `${Math.round(s.wind_mps * KN_PER_MPS)} kn, sea ${Math.round(s.sea_state)}, sees ${Math.round(s.visibility_m / NM_M)} NM${cloud}${s.night ? ', night' : ''}`
}

/** Figures of a plan that people compare, with their names and units. */
export const FIGURES: readonly [key: string, name: string, told: (n: number) => string][] = [
  ['fresh', 'fresh', (n) => `${(100 * n).toFixed(1)} %`],
  ['bound', 'no plan can pass', (n) => `${(100 * n).toFixed(1)} %`],
  ['worst', 'worst age', (n) => `${n.toFixed(1)} × demanded`],
  ['hours', 'hours out', (n) => `${n.toFixed(0)} h`],
  ['launches', 'launches', (n) => n.toFixed(0)],
]

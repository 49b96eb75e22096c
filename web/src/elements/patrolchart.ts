/** The patrol's Gantt chart: weather and closed decks above, stations with who keeps them, one row a vehicle, now as a line. */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit'
import type { App } from '../app'
import { stopsOf, type Patrol, type Sortie } from '../patrol'
import { sortieTitle, wordsOfSpell } from '../patrolwords'
import { clock, day } from '../words'

const LEFT = 122, ROW = 20, WATCH = 30, RIGHT = 22, HEAD = 40 // px: names, one vehicle, one station, half a time, times and weather
const BEFORE_S = 4 * 3600 // of the past that is shown where the patrol began earlier
const STEPS_H = [1, 2, 3, 6, 12]
const LABEL_PX = 46 // from one time to the next at least

interface Scale {
  from: number
  to: number
  x: (time: number) => number
}

function scaleOf(patrol: Patrol, now: number, width: number): Scale {
  const ends = patrol.sorties.map((s) => s.landing), plan = patrol.told?.plan
  const first = Math.max(patrol.sheet.begin ?? now, now - BEFORE_S), begin = Math.min(first, now)
  const to = Math.max(patrol.told?.next?.end ?? plan?.end ?? now, Math.min(...ends, Infinity) < Infinity ? plan?.end ?? now : now)
  return { from: begin, to, x: (time) => LEFT + ((Math.min(Math.max(time, begin), to) - begin) / Math.max(to - begin, 1)) * (width - LEFT - RIGHT) }
}

export function chartOf(app: App, width: number): TemplateResult {
  const { patrol } = app, now = patrol.told?.time ?? app.now
  const t = scaleOf(patrol, now, width), closed = patrol.places.filter((p) => p.closed.some(([, end]) => end > t.from) || patrol.told?.changes.places.includes(p.name))
  const stations = patrol.sheet.stations ?? [], names = patrol.vehicles.map((v) => v.name)
  const shutTo = HEAD + closed.length * ROW, first = shutTo + stations.length * WATCH, height = first + names.length * ROW + 4
  return html`<svg class="gantt" width=${width} height=${height} role="group" aria-label="Sorties by vehicle and time">
    ${weather(patrol, t)} ${hours(t, width, height, now)}
    ${closed.map((p, i) => shut(patrol, p.name, p.closed, t, HEAD + i * ROW))}
    ${stations.map((s, i) => watches(patrol, s.name, s.from, s.to, t, shutTo + i * WATCH, app))}
    ${names.map((name, i) => vehicle(app, name, t, first + i * ROW, now))}
    <line class="gantt-now" x1=${t.x(now)} x2=${t.x(now)} y1="16" y2=${height} />
    <text class="gantt-now-word" x=${t.x(now)} y="12" text-anchor="middle">${clock(now).slice(0, 5)}</text>
  </svg>`
}

function weather(patrol: Patrol, t: Scale): SVGTemplateResult[] {
  return (patrol.sheet.spells ?? []).filter((s) => s.to > t.from).map((s) => {
    const from = t.x(s.from), wide = t.x(s.to) - from, words = wordsOfSpell(s)
    return svg`<g><title>${words}</title><rect class="gantt-spell ${s.night ? 'night' : ''}" x=${from} y="18" width=${Math.max(0, wide)} height="18" />
      ${wide > 40 ? svg`<text x=${from + 4} y="31" class="gantt-small">${fit(words, wide)}</text>` : nothing}</g>`
  })
}
const fit = (words: string, wide: number): string => (words.length * 6.2 < wide ? words : words.slice(0, Math.max(0, Math.floor(wide / 6.6) - 1)).replace(/, [^,]*$/, ''))

function hours(t: Scale, width: number, height: number, now: number): SVGTemplateResult[] {
  const per_h = ((width - LEFT) * 3600) / (t.to - t.from), step = 3600 * (STEPS_H.find((h) => h * per_h >= LABEL_PX) ?? 24)
  const marks: SVGTemplateResult[] = []
  for (let at = Math.ceil(t.from / step) * step; at <= t.to; at += step) {
    const x = t.x(at)
    const clear = Math.abs(x - t.x(now)) > LABEL_PX - 4 // of the time of now
    marks.push(svg`<line class="gantt-hour" x1=${x} x2=${x} y1="36" y2=${height} />${clear ? svg`<text class="gantt-small quiet" x=${x} y="12" text-anchor="middle">${at % 86400 ? clock(at).slice(0, 5) : day(at).slice(5)}</text>` : nothing}`)
  }
  return marks
}

function shut(patrol: Patrol, name: string, closed: [number, number][], t: Scale, y: number): SVGTemplateResult {
  const now = patrol.told?.time ?? 0, all: [number, number][] = patrol.told?.changes.places.includes(name) ? [[now, t.to]] : closed
  return svg`<g><text class="gantt-name" x="2" y=${y + 14}>${name}</text>
    ${all.map(([a, b]) => svg`<rect class="gantt-shut" x=${t.x(a)} y=${y + 4} width=${Math.max(2, t.x(b) - t.x(a))} height=${ROW - 8}><title>${name} closed ${clock(a).slice(0, 5)} to ${clock(b).slice(0, 5)}</title></rect>`)}
    ${all.length ? svg`<text class="gantt-small" x=${t.x(all[0]![0]) + 4} y=${y + 14}>closed</text>` : nothing}</g>`
}

/** Who keeps a station when: each watch a bar, handovers where two overlap. */
function watches(patrol: Patrol, name: string, from: number, to: number, t: Scale, y: number, app: App): SVGTemplateResult {
  const kept = patrol.sorties.flatMap((s) => s.stops.filter((stop) => stop.purpose === 'station' && stop.name === name && stop.leave > t.from).map((stop) => ({ s, stop })))
  return svg`<g><text class="gantt-name" x="2" y=${y + 19}>◎ ${name.slice(0, 15)}</text><rect class="gantt-wanted" x=${t.x(from)} y=${y + 2} width=${Math.max(0, t.x(to) - t.x(from))} height=${WATCH - 4} />
    ${kept.map(({ s, stop }, i) => {
      const a = t.x(stop.arrive), w = Math.max(2, t.x(stop.leave) - a), at = y + (i % 2 ? 15 : 3)
      return svg`<g class="gantt-bar" @click=${() => app.chooseSortie(s)}><title>${sortieTitle(s, patrol.told?.time ?? 0)}</title><rect class="gantt-watch" x=${a} y=${at} width=${w} height="12" />${w > 7 * s.vehicle.length ? svg`<text class="gantt-tiny" x=${a + 3} y=${at + 10}>${s.vehicle}</text>` : nothing}</g>`
    })}</g>`
}

function vehicle(app: App, name: string, t: Scale, y: number, now: number): SVGTemplateResult {
  const { patrol } = app, lost = patrol.told?.changes.lost.includes(name), v = patrol.vehicleOf(name), chosen = patrol.vehicle === name
  return svg`<g><rect class="gantt-row" x="0" y=${y} width=${t.x(t.to)} height=${ROW} />
    <text class="gantt-name vehicle ${lost ? 'lost' : ''} ${chosen ? 'chosen' : ''}" x="2" y=${y + 14} role="button" tabindex="0" @click=${() => patrol.chooseVehicle(name)} @keydown=${enter(() => patrol.chooseVehicle(name))}><title>${v?.platform ?? ''}${v?.on_call ? ', on call' : ''}${lost ? ', lost' : ''}</title>${lost ? '✕ ' : v?.on_call ? '☎ ' : ''}${name.slice(0, 16)}</text>
    ${patrol.sorties.filter((s) => s.vehicle === name && s.landing > t.from && s.launch < t.to).map((s) => bar(app, s, t, y, now))}</g>`
}

function bar(app: App, s: Sortie, t: Scale, y: number, now: number): SVGTemplateResult {
  const a = t.x(s.launch), b = t.x(s.landing), { chosen } = app.patrol
  const picked = chosen !== null && chosen.vehicle === s.vehicle && chosen.launch === s.launch
  const done = Math.min(b, Math.max(a, t.x(now)))
  const ticks = s.stops.filter((stop) => stop.purpose === 'cell' && stop.leave > t.from).map((stop) => `M${t.x(stop.leave).toFixed(1)} ${y + 5}v${ROW - 10}`).join('')
  return svg`<g class="gantt-bar ${picked ? 'chosen' : ''}" role="button" tabindex="0" aria-label=${sortieTitle(s, now)} @click=${() => app.chooseSortie(s)} @keydown=${enter(() => app.chooseSortie(s))}><title>${sortieTitle(s, now)}</title>
    <rect class="gantt-sortie ${s.end ? '' : 'lost'}" x=${a} y=${y + 2} width=${Math.max(2, b - a)} height=${ROW - 4} rx="2" />
    ${done > a ? svg`<rect class="gantt-done" x=${a} y=${y + 2} width=${done - a} height=${ROW - 4} rx="2" />` : nothing}
    <path class="gantt-tick" d=${ticks} />
    ${stopsOf(s).filter((stop) => stop.purpose !== 'cell' && stop.leave > t.from).map((stop) => svg`<rect class=${stop.purpose === 'station' ? 'gantt-watch' : 'gantt-vessel'} x=${t.x(stop.arrive)} y=${y + 5} width=${Math.max(4, t.x(stop.leave) - t.x(stop.arrive))} height=${ROW - 10} />`)}</g>`
}

const enter = (act: () => void) => (e: KeyboardEvent): void => {
  if (e.key !== 'Enter' && e.key !== ' ') return
  e.preventDefault()
  e.stopPropagation()
  act()
}

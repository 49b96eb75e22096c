/** How often a pattern told something and what came of it, as small bars with their figures in words. */
import { html, nothing, svg, type TemplateResult } from 'lit'
import { inWords, type Counts, type Record_ } from '../library'

const PARTS = ['confirmed', 'false', 'open', 'silent'] as const
const MONTHS = ['J', 'F', 'M', 'A', 'M', 'J', 'J', 'A', 'S', 'O', 'N', 'D']
const HIGH = 44, STEP = 20, WIDE = 14, AREAS_MAX = 12

/** One bar, as long as its share of `most`; its words stand beside it. */
export function bar(c: Counts, most: number, width = 90): TemplateResult {
  let x = 0
  const parts = PARTS.map((part) => {
    const w = (width * c[part]) / Math.max(most, 1), at = x
    x += w
    return c[part] ? svg`<rect class="record-${part}" x=${at + 0.5} y="1.5" width=${Math.max(w - 1, 1)} height="9" />` : nothing
  })
  return html`<svg class="record-bar" width=${width + 1} height="12" aria-hidden="true"><rect class="record-ground" x="0.5" y="1.5" width=${width} height="9" />${parts}</svg>`
}

export function legend(): TemplateResult {
  const words = { confirmed: 'confirmed', false: 'false', open: 'not said', silent: 'silently, on trial' }
  return html`<p class="record-legend quiet">${PARTS.map((part) => html`<span><svg width="13" height="11" aria-hidden="true"><rect class="record-${part}" x="0.5" y="0.5" width="12" height="10" /></svg> ${words[part]}</span>`)}</p>`
}

/** By month as columns, by area as rows. */
export function record(title: string, r: Record_): TemplateResult {
  if (!r.fired) return html`<p>${title}: told nothing yet.</p>`
  const areas = Object.entries(r.by_area).sort((x, y) => y[1].fired - x[1].fired), most = Math.max(...areas.map(([, c]) => c.fired), 1)
  return html`<p>${title}: <b>${inWords(r)}</b>${r.retracted ? `; ${r.retracted} taken back` : ''}</p>
    <div class="record">${Object.keys(r.by_month).length ? months(r.by_month) : nothing}
      ${areas.length ? html`<table class="facts record-areas"><tbody>${areas.slice(0, AREAS_MAX).map(([area, c]) => html`<tr><th scope="row"><bdi>${area}</bdi></th><td>${bar(c, most)}</td><td class="record-words">${inWords(c)}</td></tr>`)}</tbody></table>` : nothing}</div>
    ${areas.length > AREAS_MAX ? html`<p class="quiet">and ${areas.length - AREAS_MAX} areas with fewer</p>` : nothing}`
}

function months(by: Record<string, Counts>): TemplateResult {
  const most = Math.max(...Object.values(by).map((c) => c.fired), 1)
  const columns = MONTHS.map((name, i) => {
    const c = by[String(i + 1)]
    let y = HIGH + 2
    const parts = c
      ? PARTS.map((part) => {
          const h = (HIGH * c[part]) / most
          y -= h
          return c[part] ? svg`<rect class="record-${part}" x=${STEP * i + 3.5} y=${y + 0.5} width=${WIDE} height=${Math.max(h - 1, 1)} />` : nothing
        })
      : nothing
    return svg`<g>${c ? svg`<title>${inWords(c)}</title>` : nothing}<line class="record-line" x1=${STEP * i + 3} x2=${STEP * i + 18} y1=${HIGH + 3.5} y2=${HIGH + 3.5} />${parts}<text x=${STEP * i + 10.5} y=${HIGH + 16}>${name}</text></g>`
  })
  const told = Object.entries(by).map(([m, c]) => `month ${m}: ${inWords(c)}`).join('; ')
  return html`<svg class="record-months" width=${12 * STEP + 2} height=${HIGH + 20} role="img" aria-label="By month: ${told}">${columns}</svg>`
}

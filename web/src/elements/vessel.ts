/** The chosen vessel: what is believed, by which sensor, how old each piece is, and what it says of itself. */
import { html, nothing, type TemplateResult } from 'lit'
import { Panel } from '../element'
import { AIS, CATEGORIES, COASTING, DISTRESS, EXERCISE, FADED, LOST_AIS, LOST_RADAR, RADAR, SEEN, type Claim } from '../picture'
import { SPANS, subjectOf, type Subject } from '../past'
import { held } from '../scene'
import { nameIndex, symbolImage } from '../symbols'
import { age, bearing, knots, length, place } from '../words'
import { device } from './alarms'

/** ITU-R M.1371-5 table 47, navigational status. */
const NAVIGATION = [
  'under way using engine', 'at anchor', 'not under command', 'restricted manoeuvrability', 'constrained by draught', 'moored', 'aground',
  'engaged in fishing', 'under way sailing', 'reserved (9)', 'reserved (10)', 'towing astern', 'pushing ahead or towing alongside', 'reserved (13)',
  'AIS-SART, MOB or EPIRB active', '',
] // prettier-ignore

const AXIS_FULL_M = 65535

export class Vessel extends Panel {
  protected readonly on = ['second', 'selection', 'palette', 'drawn', 'past', 'node']

  protected override render(): TemplateResult {
    return html`${this.chosen()}<mh-stills></mh-stills><mh-pair></mh-pair>`
  }

  private chosen(): TemplateResult {
    const { settings, picture, past } = this.app
    if (!settings.selected && past.subject) return this.gone(past.subject)
    if (!settings.selected) return html`<h2>Vessel</h2><p class="empty">None chosen. Click one on the map or in the list.</p>`
    const s = picture.slotOf.get(settings.selected)
    if (s === undefined)
      return html`<h2>Vessel #${settings.selected}</h2><p class="empty">${picture.count ? 'It has left the picture.' : 'Waiting for the picture.'}</p>${this.past(subjectOf(picture, settings.selected))}<button @click=${() => settings.select(0)}>Close</button>`
    return html`${this.head(s)} ${this.sentences(s)} ${this.figures(s)} ${this.past(subjectOf(picture, settings.selected))} ${this.sources(s)} ${this.identity(s)}`
  }

  /** Somebody whom only the archive knows. */
  private gone(subject: Subject): TemplateResult {
    return html`<header class="vessel-head"><div><h2>${subject.name}</h2><span class="quiet">${subject.who}</span></div><button aria-label="Close (Esc)" @click=${() => this.app.past.clear()}>✕</button></header>
      <ul class="sentences"><li class="note">Not in the picture now.</li></ul>${this.past(subject)}`
  }

  private past(subject: Subject): TemplateResult | typeof nothing {
    const { past, keeps } = this.app
    if (!keeps) return nothing
    const mine = past.subject?.who === subject.who
    return html`<h3>Past</h3>
      <div class="past" role="group" aria-label="Its past on the map">${SPANS.map(
        ([span, text]) => html`<button aria-pressed=${mine && past.span === span} @click=${() => past.toggle(subject, span)}>${text}</button>`,
      )}</div>
      ${mine ? html`<p id="past-said" class=${past.problem ? 'problem' : 'quiet'} role="status">${past.sentence}</p>` : nothing}`
  }

  private head(s: number): TemplateResult {
    const { picture: p, chart, settings } = this.app
    const name = chart.atlas.names[nameIndex(Math.min(10, p.category[s]!), held(p.source[s]!), 1, Math.min(2, p.status[s]!))]!
    return html`<header class="vessel-head">
      <img src=${symbolImage(chart.atlas, name, 36)} width="36" height="36" alt="" />
      <div>
        <h2 id="vessel-name">${p.name[s]}</h2>
        <span class="quiet">#${p.id[s]} · ${CATEGORIES[Math.min(10, p.category[s]!)]}${this.called(s)}</span>
      </div>
      <button title="Bring it to the middle (c)" @click=${() => this.app.centre()}>Centre</button>
      <button aria-label="Close (Esc)" @click=${() => settings.select(0)}>✕</button>
    </header>`
  }

  /** What all nodes call it, where that is not its headline already. */
  private called(s: number): string {
    const { picture: p } = this.app, called = p.called.get(p.id[s]!)
    return called && called !== p.name[s] ? ` · ${called} to all nodes` : ''
  }

  /** What is not as it should be, in words. */
  private sentences(s: number): TemplateResult {
    const { picture: p, ageNow: now } = this.app
    const source = p.source[s]!, status = p.status[s]!, said: [string, string][] = []
    const heard = p.lastHeard(s), silent = Number.isNaN(heard) ? 'it was last seen' : age(now - heard)
    if (p.category[s] === DISTRESS) said.push(['alarm', `DISTRESS: ${device(p.mmsi[s]!) || 'distress device'} is active.`])
    if (source & EXERCISE) said.push(['caution', 'EXERCISE: not a real vessel.'])
    if (status === COASTING) said.push(['caution', `Silent since ${silent}: position extrapolated.`])
    if (status === FADED) said.push(['caution', `Silent since ${silent}: shown where it was last known.`])
    if (source & LOST_AIS && source & SEEN && !(source & RADAR)) said.push(['caution', `AIS lost ${age(now - p.heardAis[s]!)} ago, it is still seen.`])
    if (source & LOST_AIS && source & RADAR) said.push(['caution', `AIS lost ${age(now - p.heardAis[s]!)} ago, radar holds it.`])
    if (source & LOST_RADAR && source & AIS) said.push(['note', `Radar lost it ${age(now - p.heardRadar[s]!)} ago, AIS still heard.`])
    const claims = p.claims.get(p.id[s]!) ?? []
    if (claims.length > 1) said.push(['caution', `It claims ${claims.length} identities.`])
    return said.length ? html`<ul class="sentences">${said.map(([kind, text]) => html`<li class=${kind}>${text}</li>`)}</ul>` : html``
  }

  private figures(s: number): TemplateResult {
    const p = this.app.picture, still = !p.underWay(s) && !Number.isNaN(p.speed[s]!)
    const over = p.major[s]! >= AXIS_FULL_M ? 'more than ' : ''
    return html`<dl class="figures-table">
      <dt>Speed</dt><dd class="big">${knots(p.speed[s]!)}</dd>
      <dt>Course</dt><dd class="big">${Number.isNaN(p.speed[s]!) ? '–' : still ? 'still' : bearing(p.course[s]!)}</dd>
      <dt>Heading</dt><dd>${bearing(p.heading[s]!)}</dd>
      <dt>Position</dt><dd>${place(p.shown[2 * s + 1]!, p.shown[2 * s]!)}</dd>
      <dt>95 % within</dt><dd>${p.major[s] ? html`${over}${length(p.major[s]!)} × ${length(p.minor[s]!)}, axis ${bearing(p.orientation[s]!)}` : 'not known'}</dd>
      <dt>Exists</dt><dd>${Math.round((100 * p.existence[s]!) / 255)} %</dd>
    </dl>`
  }

  private sources(s: number): TemplateResult {
    const { picture: p, scene, ageNow: now } = this.app
    const source = p.source[s]!
    const row = (word: string, heard: number, holds: boolean): TemplateResult =>
      html`<tr><td>${word}</td><td class="number">${Number.isNaN(heard) ? 'never' : `${age(now - heard)}`}</td><td>${Number.isNaN(heard) ? '' : holds && p.status[s] === 0 ? '✓ holds it' : '✕ lost'}</td></tr>`
    const names = scene.sensors.filter((x) => (p.sensors[s]! >>> x.index) & 1 && x.index < 32).map((x) => x.name)
    return html`<h3>Sources</h3>
      <table class="sources" aria-label="Sources and their age">
        ${source & SEEN ? html`<tr><td>Seen</td><td class="number">lately</td><td>✓ by a camera, a crew or in an aircraft's picture</td></tr>` : nothing}
        ${row('Radar', p.heardRadar[s]!, (source & RADAR) !== 0)} ${row('AIS', p.heardAis[s]!, (source & AIS) !== 0)}
      </table>
      ${names.length ? html`<p class="quiet">Supported by ${names.join(', ')}</p>` : nothing} ${this.nodes(p.id[s]!)}`
  }

  /** Who of the mesh holds it: the one that names it first. */
  private nodes(id: number): TemplateResult | typeof nothing {
    const nodes = this.app.nodesOf(id)
    if (!nodes) return nothing
    const { namer, heldBy } = nodes, others = heldBy.filter((name) => name !== namer)
    const named = heldBy.includes(namer) ? [`${namer}${others.length ? ' (names it)' : ''}`] : []
    return html`<p class="quiet" id="held-by">Held by node${heldBy.length > 1 ? 's' : ''} <bdi>${[...named, ...others].join(', ')}</bdi>${named.length ? '' : html`; named by <bdi>${namer}</bdi>, which has lost it`}</p>`
  }

  private identity(s: number): TemplateResult {
    const p = this.app.picture, claims = p.claims.get(p.id[s]!) ?? []
    if (!claims.length) return html`<h3>Identity</h3><p class="quiet">${p.source[s]! & (AIS | LOST_AIS) ? 'No name received yet.' : 'Claims none: no AIS.'}</p>`
    return html`<h3>Identity, as claimed</h3>${claims.map((c) => this.claim(c, claims.length > 1))}`
  }

  private claim(c: Claim, several: boolean): TemplateResult {
    const line = (word: string, value: unknown): TemplateResult | typeof nothing => (value ? html`<dt>${word}</dt><dd>${value}</dd>` : nothing)
    const size = c.length ? `${Math.round(c.length)} × ${Math.round(c.beam ?? 0)} m${c.draught ? `, draught ${c.draught.toFixed(1)} m` : ''}` : ''
    return html`<div class="claim">
      ${several ? html`<div class="weight" .style=${`--w: ${Math.round(100 * c.weight)}%`}><b>${c.name || String(c.mmsi).padStart(9, '0')}</b><span>${Math.round(100 * c.weight)} % of its reports</span></div>` : nothing}
      <dl>
        ${line('MMSI', c.mmsi ? String(c.mmsi).padStart(9, '0') : '')} ${line('Name', c.name)} ${line('Call sign', c.call_sign)} ${line('IMO', c.imo)}
        ${line('Bound for', c.destination)} ${line('Size', size)} ${line('Ship type', (c.ship_type ?? -1) > 0 ? c.ship_type : '')}
        ${line('Says it is', NAVIGATION[c.navigation_status ?? -1])} ${line('Device', c.device ? (c.device.length === 1 ? `Class ${c.device}` : c.device) : '')}
      </dl>
    </div>`
  }
}
customElements.define('mh-vessel', Vessel)

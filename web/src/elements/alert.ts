/** The chosen alert: why, the figures, what else it could be, who could have seen it, and what people did. */
import { html, nothing, type TemplateResult } from 'lit'
import { SIGNS, type AlertVessel, type Behaviour, type Detail } from '../alerts'
import { Panel } from '../element'
import { fleetsOf, type SharedFleet } from '../shapes'
import { age, roughAge, share, when } from '../words'
import { kindName, stateOf } from './alerts'
import { ask, DECISIONS, type What } from './decide'
import { look } from './pattern'

const LOG_MAX = 60 // newest lines; the rest is in the watch log
const VESSELS_MAX = 12
const ESCALATE_S = 300 // where the node does not tell

export class AlertPanel extends Panel {
  protected readonly on = ['alert', 'alerts', 'fleets', 'second', 'library', 'cases']
  private opener: HTMLElement | null = null
  private shown = 0

  protected override render(): TemplateResult | typeof nothing {
    const { alerts } = this.app
    this.parentElement?.classList.toggle('with-alert', alerts.chosen > 0)
    if (!alerts.chosen) return nothing
    const { detail } = alerts
    return html`<section aria-label="Alert ${alerts.chosen}" class="alert-detail" tabindex="0">
      ${detail ? this.page(detail) : html`<header class="vessel-head"><div><h2>Alert ${alerts.chosen}</h2></div>${this.closer()}</header>
        <p class=${alerts.detailProblem ? 'problem' : 'empty'}>${alerts.detailProblem || 'Asking the node …'}</p>`}
    </section>` // prettier-ignore
  }

  private closer(): TemplateResult {
    return html`<button aria-label="Close (Esc)" @click=${() => this.app.chooseAlert(0)}>✕</button>`
  }

  private page(a: Detail): TemplateResult {
    const told = [...a.behaviours].sort((x, y) => Number(x.standing === 'retracted') - Number(y.standing === 'retracted') || y.start - x.start)
    return html`
      <header class="vessel-head">
        <div><h2 class="urgency ${a.urgency}"><span aria-hidden="true">${SIGNS[a.urgency]}</span> ${a.urgency.toUpperCase()}</h2><span class="quiet">alert ${a.number} · since ${this.time(a.since)}, ${roughAge(this.app.ageNow - a.since)}</span></div>
        <button title="Show all of it on the map (z)" @click=${() => this.app.zoomToAlert()}>Zoom</button>${this.closer()}
      </header>
      <p class="headline"><bdi>${a.because}</bdi></p>
      ${this.vessels(a.vessels, a.vessels_total)}
      <p class="state">${this.state(a)}</p>
      <div class="decisions" role="group" aria-label="Decide">${DECISIONS.filter((d) => d.fits(a)).map((d) => html`<button class=${d.what === 'acknowledge' && a.calls ? 'warn' : ''} title=${d.title} @click=${() => ask(d.what as What, a)}>${d.name}</button>`)}${this.app.patrol.told?.plan && a.place !== 'closed' ? html`<button title="The patrol's plan is changed so that somebody is with it in time" @click=${() => this.look(a)}>Patrol: look at it …</button><button title="The sea around its fleet or place is looked at every so many hours, wherever it goes" @click=${() => this.app.patrolAround(a.number)}>Patrol around it …</button>` : nothing}${this.case(a)}</div>
      ${fleetsOf(this.app.alerts).map((f) => this.fleet(f))}
      ${told.map((b) => this.behaviour(b))}
      ${this.asides(a)} ${this.related(a)} ${this.log(a)}`
  }

  private case(a: Detail): TemplateResult | typeof nothing {
    const { cases } = this.app
    if (!cases.kept) return nothing
    const there = cases.of(a.number)
    return html`${there?.status === 'closed' ? html`<button title="Its case, which is closed" @click=${() => { this.app.toggleCases(true); cases.choose(there.number) }}>Case ${there.number}, closed</button>` : nothing}
      <button id="case" title="Worth remembering: its evidence, what was done, what ended it" @click=${() => this.app.caseOf(a.number)}>${there?.status === 'open' ? `Case ${there.number}` : 'Open a case …'}</button>` // prettier-ignore
  }

  /** How somebody finds out what it was, of a behaviour that a pattern of the library tells. */
  private checklist(kind: string): TemplateResult | typeof nothing {
    const held = this.app.library.lookOf(kind)
    if (!held) return nothing
    return html`<h4>How to find out</h4>${look(held.look)}<p><button class="link" @click=${() => this.app.showPattern(kind)}>The pattern: <bdi>${held.title}</bdi></button></p>`
  }

  private look(a: Detail): void {
    const vessel = a.vessels.map((v) => this.app.idOf(v)).find((id) => id > 0) ?? 0
    this.app.patrolLook(vessel, { lat: a.lat_deg, lng: a.lon_deg }, a.number)
  }

  private time(utc_s: number): string {
    return when(utc_s, this.app.now)
  }

  private state(a: Detail): string {
    const parts = [stateOf(a)]
    if (a.place === 'unacknowledged') parts.push(a.escalates ? `not acknowledged; an alarm ${this.left(a)}` : a.calls ? 'not acknowledged' : 'needs no acknowledgement')
    if (a.place === 'ended') parts.push('not acknowledged')
    if (a.acknowledged !== null && a.reason) parts.push(`${a.reason}${a.note ? `: ${a.note}` : ''} (${this.time(a.acknowledged)})`)
    if (a.by_hand) parts.push(`raised by hand, found as ${a.found}`)
    if (a.place === 'aside') parts.push('set aside')
    if (a.place === 'closed') parts.push(`closed${a.closed_by ? ` by ${a.closed_by}` : ''}${a.outcome ? `: ${a.outcome}` : ''}${a.outcome_note ? ` (${a.outcome_note})` : ''}`)
    return parts.filter(Boolean).join(' · ')
  }

  private left(a: Detail): string {
    const s = a.since + (this.app.node?.escalate_s ?? ESCALATE_S) - this.app.ageNow
    return s > 0 ? `in ${age(s)}` : 'soon'
  }

  private vessels(vessels: AlertVessel[], total: number): TemplateResult {
    return html`<div class="alert-vessels">${vessels.slice(0, VESSELS_MAX).map((v) => {
      const id = this.app.idOf(v)
      return html`<button ?disabled=${!id} title=${id ? 'Choose this vessel' : 'Not in the picture now'} @click=${() => this.app.goTo(id)}><bdi>${this.app.nameOf(v)}</bdi></button>`
    })}${total > VESSELS_MAX ? html`<span class="quiet">and ${total - Math.min(total, VESSELS_MAX)} more</span>` : nothing}</div>`
  }

  private fleet(f: SharedFleet): TemplateResult {
    return html`<section class="behaviour"><h3>${f.node ? html`Fleet found by <bdi>${f.node}</bdi>` : `Fleet ${f.id}`}: ${f.members.length} vessels, ${share(f.cohesion)} move as one</h3>
      ${f.explanations.length ? html`<ol class="others">${f.explanations.map((x) => html`<li><b>${x.weight === null ? '–' : share(x.weight)}</b> <bdi>${x.purpose}</bdi>: <bdi>${x.because}</bdi></li>`)}</ol>` : nothing}</section>`
  }

  private behaviour(b: Behaviour): TemplateResult {
    const retracted = b.standing === 'retracted', ends = b.end === null ? (b.followed ? 'going on' : 'no longer followed') : `to ${this.time(b.end)}`
    const facts = Object.entries(b.evidence.facts), seen = Object.entries(b.evidence.coverage)
    return html`<section class="behaviour ${retracted ? 'retracted' : ''}">
      <h3><span class="urgency ${b.urgency}" aria-hidden="true">${SIGNS[b.urgency]}</span> <bdi>${kindName(b.kind)}</bdi> <span class="quiet">${b.urgency}, from ${this.time(b.start)} ${ends}</span></h3>
      <p>${retracted ? html`<strong>RETRACTED: </strong>` : nothing}<bdi>${b.because}</bdi></p>
      ${facts.length ? html`<table class="facts"><tbody>${facts.map(([name, value]) => html`<tr><th scope="row"><bdi>${factName(name)}</bdi></th><td class="number"><bdi>${factValue(name, value)}</bdi></td></tr>`)}</tbody></table>` : nothing}
      ${b.innocent.length ? html`<h4>What else it could be</h4><ol class="others">${b.innocent.map((text) => html`<li><bdi>${text}</bdi></li>`)}</ol>` : nothing}
      ${retracted ? nothing : this.checklist(b.kind)}
      ${seen.length ? html`<h4>Coverage at that time</h4><ul class="others">${seen.map(([sensor, p]) => html`<li><bdi>${sensor}</bdi> would have seen or heard it: ${p === null ? 'not known' : share(p)}</li>`)}</ul>` : nothing}
      <p class="quiet">sure to ${share(b.score)}${b.version ? html`, definition <bdi>${b.version}</bdi>` : nothing}</p>
    </section>`
  }

  private asides(a: Detail): TemplateResult | typeof nothing {
    const held = a.asides.filter((s) => !s.withdrawn)
    if (!held.length) return nothing
    return html`<h3>Set aside</h3><ul class="others">${held.map((s) => html`<li><bdi>${kindName(s.kind)}</bdi> from ${this.time(s.first)} ${s.last === null ? 'for as long as it lasts' : `to ${this.time(s.last)}`}, by <bdi>${s.who}</bdi>: ${s.reason}${s.note ? html` (<bdi>${s.note}</bdi>)` : nothing}</li>`)}</ul>`
  }

  private related(a: Detail): TemplateResult | typeof nothing {
    if (!a.related.length) return nothing
    return html`<h3>Other alerts of these vessels</h3><ul class="related">${a.related.map((r) => html`<li><button @click=${() => this.app.chooseAlert(r.number)}><span class="urgency ${r.urgency}" aria-hidden="true">${SIGNS[r.urgency]}</span> ${r.number} <bdi>${r.kinds.map(kindName).join(', ')}</bdi> <span class="quiet">${r.place}</span></button></li>`)}</ul>`
  }

  private log(a: Detail): TemplateResult {
    const lines = [...a.log].reverse().slice(0, LOG_MAX)
    return html`<h3>Log</h3><ul class="log">${lines.map((l) => html`<li><span class="when">${this.time(l.time)}</span> <b><bdi>${l.who}</bdi></b> ${l.what}<br /><bdi>${l.text}</bdi></li>`)}</ul>
      ${a.log.length > LOG_MAX ? html`<p class="quiet">${a.log.length - LOG_MAX} older lines are in the watch log</p>` : nothing}`
  }

  /** The focus goes in when one is chosen and back when it is closed; where one is read, it stays. */
  protected override updated(): void {
    const { chosen } = this.app.alerts
    if (chosen === this.shown) return
    if (!this.shown) this.opener = document.activeElement as HTMLElement | null
    if (!chosen) this.opener?.focus()
    this.shown = chosen
  }
}
customElements.define('mh-alert', AlertPanel)

const UNITS: Record<string, string> = { h: 'h', min: 'min', s: 's', m: 'm', km: 'km', nm: 'NM', kn: 'kn', deg: '°', mps: 'm/s' }

/** "gap_h" -> "gap": the unit stands with the figure. */
export function factName(name: string): string {
  const parts = name.split('_')
  return (parts.length > 1 && UNITS[parts.at(-1)!] ? parts.slice(0, -1) : parts).join(' ')
}

export function factValue(name: string, value: string | number | null): string {
  if (value === null) return '–'
  if (typeof value === 'string') return value
  const unit = UNITS[name.split('_').at(-1)!] ?? '', digits = Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1
  const figure = Math.abs(value) >= 1e6 || Number.isInteger(value) ? String(value) : value.toFixed(digits)
  return unit === '°' ? `${figure}°` : unit && name.includes('_') ? `${figure} ${unit}` : figure
}

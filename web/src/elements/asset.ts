/** One of our own: how it is, what it is asked to do, and the form in which somebody asks. */
import { html, nothing, type TemplateResult } from 'lit'
import { heightOf, isPlaced, isSilent, linkSentence, type Asset } from '../assets'
import { Panel } from '../element'
import { inverse, RAD } from '../geo'
import { symbolImage } from '../symbols'
import { NEEDS, type Draft, type Kind, type Taking } from '../tasks'
import { bearing, knots, length, place, roughAge, share } from '../words'
import { taskRow } from './task'

const OVER_MAX = 20 // of its tasks that are over
const NEAREST = 4
const HOURS: readonly [number, string][] = [[0, 'whenever'], [1 / 6, 'in 10 min'], [0.5, 'in 30 min'], [1, 'in 1 h'], [3, 'in 3 h'], [12, 'in 12 h']]
const ENDLESS: readonly Kind[] = ['follow', 'hold', 'listen'] // done at their time
export const ORDERS: Record<Kind, string> = {
  look: 'Look …', follow: 'Follow a vessel …', search: 'Search …', hold: 'Hold at …', listen: 'Listen at …', still: 'Take a still …', clip: 'Take a clip …', return: 'Return …', land: 'Land at …',
} // prettier-ignore

export class AssetPanel extends Panel {
  protected readonly on = ['asset', 'assets', 'tasks', 'second', 'palette']
  private was = ''

  protected override render(): TemplateResult | typeof nothing {
    const { settings, assets, tasks } = this.app, name = settings.asset
    this.parentElement?.classList.toggle('with-asset', name !== '')
    if (!name) return nothing
    const a = assets.get(name)
    return html`<section aria-label="Our own: ${name}" class="asset" tabindex="0">
      ${a ? this.page(a) : html`<header class="vessel-head"><div><h2><bdi>${name}</bdi></h2></div>${this.closer()}</header><p class="empty">${assets.list.length ? 'The node knows none of this name.' : 'Waiting for the node.'}</p>`}
      <p class="hidden" aria-live="polite">${tasks.said}</p>
    </section>` // prettier-ignore
  }

  private closer(): TemplateResult {
    return html`<button aria-label="Close (Esc)" @click=${() => this.app.chooseAsset('')}>✕</button>`
  }

  private page(a: Asset): TemplateResult {
    const { chart, tasks, ageNow } = this.app, link = linkSentence(a, ageNow), taking = tasks.taking(a.name), mine = tasks.of(a.name)
    const open = mine.filter((t) => !t.over), over = mine.filter((t) => t.over)
    return html`<header class="vessel-head">
        <img src=${symbolImage(chart.atlas, `asset-${a.kind}-${isSilent(a) ? 1 : 0}`, 36)} width="36" height="36" alt="" />
        <div><h2 id="asset-name"><bdi>${a.name}</bdi></h2><span class="quiet">ours · ${a.kind}${a.profile && a.profile !== a.name ? html` · <bdi>${a.profile}</bdi>` : nothing}</span></div>
        ${isPlaced(a) ? html`<button title="Bring it to the middle (c)" @click=${() => this.app.centre()}>Centre</button>` : nothing}${this.closer()}
      </header>
      ${link ? html`<ul class="sentences"><li class="caution">${link}</li></ul>` : nothing}
      ${tasks.draft ? nothing : this.figures(a)}
      <h3>Ask it to</h3>${this.orders(a, taking)}
      ${tasks.draft ? this.figures(a) : nothing}
      <h3>Its tasks</h3>
      ${mine.length ? html`<ul class="task-rows" aria-label="Tasks of ${a.name}">${[...open, ...over.slice(0, OVER_MAX)].map((t) => taskRow(this.app, t, false))}</ul>` : html`<p class="empty">None yet.</p>`}
      ${over.length > OVER_MAX ? html`<p class="quiet">and ${over.length - OVER_MAX} that were over before</p>` : nothing}`
  }

  private figures(a: Asset): TemplateResult {
    const { ageNow } = this.app, line = (word: string, value: string, big = false): TemplateResult | typeof nothing => (value ? html`<dt>${word}</dt><dd class=${big ? 'big' : ''}><bdi>${value}</bdi></dd>` : nothing)
    const turn = (deg: number | null): string => (deg === null ? '' : bearing(deg * RAD))
    return html`<dl class="figures-table">
      ${line('Speed', a.speed_mps === null ? '' : knots(a.speed_mps), true)} ${line(a.kind === 'underwater' ? 'Depth' : 'Height', heightOf(a), true)}
      ${line('Course', turn(a.course_deg))} ${line('Heading', turn(a.heading_deg))} ${line('Mode', a.mode)} ${line('Energy', a.energy === null ? '' : `${share(a.energy)} left`)}
      ${line('Link', a.kind === 'camera' && a.link === 'never' ? 'stands at its place' : a.link === 'never' ? 'never heard' : a.link)}
      ${line('Last heard', a.heard === null ? '' : `${roughAge(ageNow - a.heard)} ago`)} ${line('Position', isPlaced(a) ? place(a.lat_deg!, a.lon_deg!) : 'not known')}
      ${line('Operator', a.operator || 'nobody')} ${line('Shows', a.looks.length > 2 && !isSilent(a) ? 'what its camera sees is outlined' : '')}
    </dl>`
  }

  // asking

  private orders(a: Asset, taking: Taking | undefined): TemplateResult {
    const { tasks } = this.app, { draft } = tasks
    if (draft?.asset === a.name) return this.form(a, draft, taking)
    if (!tasks.kept) return html`<p class="quiet">Tasks are kept with the alerts, and this node keeps none.</p>`
    if (!a.operator) return html`<p class="quiet">It takes no tasks: the node file names no operator of it.</p>`
    if (!taking?.kinds.length) return html`<p class="quiet">It takes no tasks: nothing can be sent to it.</p>`
    return html`<div class="pair-buttons" role="group" aria-label="Ask ${a.name} to">${taking.kinds.map((kind) => html`<button data-kind=${kind} @click=${() => tasks.begin(a, kind)}>${ORDERS[kind]}</button>`)}</div>
      <p class="quiet">Its operator <bdi>${a.operator}</bdi> decides${taking.accepts.length ? html`; beforehand he has accepted: ${taking.accepts.join(', ')}` : nothing}.</p>`
  }

  private form(a: Asset, d: Draft, taking: Taking | undefined): TemplateResult {
    const { tasks } = this.app, beforehand = taking?.accepts.includes(d.kind)
    return html`<form class="zone-form ask-form" aria-label="Ask ${a.name}" @submit=${(e: SubmitEvent) => this.submit(e)}>
      <label>To <select name="kind" class="first" @change=${(e: Event) => tasks.become((e.target as HTMLSelectElement).value as Kind)}>${(taking?.kinds ?? [d.kind]).map((kind) => html`<option value=${kind} ?selected=${kind === d.kind}>${ORDERS[kind].replace(' …', '')}</option>`)}</select></label>
      ${this.goal(a, d)}
      <label>${ENDLESS.includes(d.kind) ? 'Until' : 'Done'} <select name="hours">${HOURS.map(([h, word]) => html`<option value=${h}>${h ? word : ENDLESS.includes(d.kind) ? 'called back' : word}</option>`)}</select></label>
      ${a.kind === 'aircraft' && d.kind !== 'return' ? html`<label>Height <span><input name="height" type="number" min="50" max="25000" step="10" placeholder="its own" /> m</span></label>` : nothing}
      <label>Reason <input name="reason" maxlength="2000" placeholder="what is it doing there?" /></label>
      <label>Your name <input name="who" required maxlength="80" autocomplete="name" .value=${this.app.alerts.who} /></label>
      ${tasks.problem ? html`<p class="problem" role="alert">${tasks.problem}</p>` : nothing}
      ${beforehand ? html`<p class="quiet">Accepted beforehand by <bdi>${a.operator}</bdi>: it is sent at once.</p>` : nothing}
      <p class="zone-buttons"><button class="go" ?disabled=${tasks.busy || !tasks.whole}>${beforehand ? 'Ask and send' : `Ask ${a.operator}`}</button><button type="button" @click=${() => tasks.drop()}>Cancel (Esc)</button></p>
    </form>`
  }

  /** Where, or whom: chosen on the map, in the list, or here. */
  private goal(a: Asset, d: Draft): TemplateResult | typeof nothing {
    const { tasks } = this.app, needs = NEEDS[d.kind]
    if (!needs.vessel && !needs.places) return nothing
    const told = d.vessel ? html`<b><bdi>${this.app.nameById(d.vessel)}</bdi></b>` : d.places.length > 1 ? html`<b>${d.places.length} places</b>` : d.places[0] ? html`<b>${place(...d.places[0])}</b>` : html`nothing yet`
    const asked = needs.vessel && needs.places ? 'a place or a vessel' : needs.vessel ? 'a vessel' : needs.places > 1 ? 'places, one after the other' : 'a place'
    return html`<div class="goal"><p>${needs.places ? 'Where' : 'Whom'}: ${told}</p>
      ${d.picking ? html`<p class="quiet" id="asked-where">Click ${asked} on the map${needs.vessel ? ' or in the list' : ''}. Without a mouse: arrows move the map, the space bar ${needs.places ? 'puts a place at the cross' : 'rests'}.</p>` : nothing}
      <p class="zone-buttons">
        ${d.picking ? (needs.places ? html`<button type="button" @click=${() => this.app.cornerMidMap()}>Place at the cross</button>` : nothing) : html`<button type="button" @click=${() => tasks.pick()}>${needs.places > 1 ? 'More places' : 'Another'}</button>`}
        ${needs.places > 1 && d.places.length ? html`<button type="button" @click=${() => tasks.undo()}>Undo</button>` : nothing}
        ${needs.places > 1 && d.picking && tasks.whole ? html`<button type="button" @click=${() => tasks.pick(false)}>That is all</button>` : nothing}
      </p>
      ${d.picking && needs.vessel ? this.nearest(a) : nothing}</div>`
  }

  private nearest(a: Asset): TemplateResult | typeof nothing {
    const p = this.app.picture
    if (!isPlaced(a)) return nothing
    const away = (s: number): number => inverse(a.lat_deg!, a.lon_deg!, p.shown[2 * s + 1]!, p.shown[2 * s]!).distance
    const near = Array.from({ length: p.count }, (_, s) => ({ s, away: away(s) })).sort((x, y) => x.away - y.away).slice(0, NEAREST) // prettier-ignore
    return html`<ul class="near" aria-label="The nearest vessels">${near.map(({ s, away }) => html`<li><button type="button" @click=${() => this.app.tasks.putVessel(p.id[s]!)}><span class="line"><b class="name"><bdi>${p.name[s]}</bdi></b><span>${length(away)}</span></span></button></li>`)}</ul>`
  }

  private submit(e: SubmitEvent): void {
    e.preventDefault()
    const f = new FormData(e.target as HTMLFormElement), text = (name: string): string => String(f.get(name) ?? '')
    const hours = Number(text('hours')), height = text('height')
    this.app.alerts.who = text('who')
    void this.app.tasks.propose({ who: text('who'), reason: text('reason'), until: hours ? Date.now() / 1000 + 3600 * hours : null, height_m: height ? Number(height) : null, alert: 0 })
  }

  /** The focus goes to the form when it opens, and back to what opened it. */
  protected override updated(): void {
    const { draft } = this.app.tasks, now = draft ? draft.asset : ''
    if (now === this.was) return
    const before = this.was
    this.was = now
    if (now) this.querySelector<HTMLElement>('.ask-form .first')?.focus({ preventScroll: true })
    else if (before) this.querySelector<HTMLElement>('.pair-buttons button')?.focus({ preventScroll: true })
  }
}
customElements.define('mh-asset', AssetPanel)

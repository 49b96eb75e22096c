/** The case board over the list: cases by what came of them, the case that is read, a case that is opened. */
import { html, nothing, type TemplateResult } from 'lit'
import { OUTCOME_SIGNS, vesselName, type Case, type Cases } from '../cases'
import { Panel } from '../element'
import { count, when } from '../words'
import { casePage } from './casepage'
import { arrows } from './desk'

const TABS: readonly [Cases['status'], string][] = [['open', 'Open'], ['closed', 'Closed'], ['all', 'All']] // prettier-ignore
const ROWS_MAX = 100

export class BoardBox extends Panel {
  protected readonly on = ['cases', 'palette']
  private shown = ''
  private opener: HTMLElement | null = null

  protected override render(): TemplateResult | typeof nothing {
    const { cases } = this.app
    if (!cases.open) return nothing
    const title = cases.opening ? `A case of alert ${cases.opening}` : cases.chosen ? `Case ${cases.chosen}` : 'Cases'
    return html`<section class="desk cases" role="dialog" aria-label=${title}>
      <div class="dialog-head"><h2>${title}</h2><span class="space"></span>${cases.chosen || cases.opening ? html`<button class="back" @click=${() => { cases.form = ''; cases.back() }}>All cases</button>` : nothing}<button @click=${() => cases.toggle(false)}>Close (e)</button></div>
      <div class="desk-body" tabindex="0">
        ${cases.said ? html`<p class="good-text" role="status">${cases.said}</p>` : nothing}
        ${cases.problem ? html`<p class="problem" role="alert">${cases.problem}</p>` : nothing}
        ${cases.opening ? this.opening() : cases.chosen ? casePage(this.app) : this.list()}
      </div>
    </section>` // prettier-ignore
  }

  private opening(): TemplateResult {
    const { cases, alerts } = this.app, alert = alerts.list.find((a) => a.number === cases.opening)
    const submit = (e: SubmitEvent): void => {
      e.preventDefault()
      const f = new FormData(e.target as HTMLFormElement)
      alerts.who = String(f.get('who'))
      void cases.openCase(alerts.who, String(f.get('title')))
    }
    return html`<p>${alert ? html`<bdi>${alert.because}</bdi>` : nothing}</p>
      <p class="quiet">The alert as it stands, the tracks of its vessels and their pictures are kept as evidence, whatever becomes of the alert.</p>
      <form class="zone-form" @submit=${submit}>
        <label>Title <input name="title" class="first" maxlength="200" placeholder="left out: its kinds and vessels" /></label>
        <label>Your name <input name="who" required maxlength="80" autocomplete="name" .value=${alerts.who} /></label>
        <p class="zone-buttons"><button class="go" ?disabled=${cases.busy}>${cases.busy ? 'Reading the tracks …' : 'Open the case'}</button><button type="button" @click=${() => cases.back()}>Cancel (Esc)</button></p>
      </form>`
  }

  private list(): TemplateResult {
    const { cases } = this.app, { found, list } = cases
    if (!cases.loaded) return html`<p class="empty">Asking the node …</p>`
    if (!list.length) return html`<p class="empty">No cases yet. An alert worth remembering becomes one by the button in its panel.</p>`
    const of = (status: Cases['status']): number => (status === 'all' ? list.length : list.filter((one) => one.status === status).length)
    return html`<p class="board-head"><span class="tabs" role="group" aria-label="Which cases">${TABS.map(([status, name]) => html`<button aria-pressed=${cases.status === status} @click=${() => cases.show(status)}>${name} ${count(of(status))}</button>`)}</span>
        <label class="desk-search"><span class="hidden">Search cases</span><input type="search" placeholder="Search: title, vessel, MMSI, outcome, who …" .value=${cases.search} @input=${(e: Event) => cases.show(cases.status, (e.target as HTMLInputElement).value)} /></label></p>
      ${found.length ? html`<div @keydown=${arrows}>${['', ...cases.outcomes].map((outcome) => this.ofOutcome(outcome, found.slice(0, ROWS_MAX).filter((one) => one.outcome === outcome)))}</div>` : html`<p class="empty">${cases.search ? 'No case is like that.' : cases.status === 'open' ? 'No case is open.' : 'None is closed.'}</p>`}
      ${found.length > ROWS_MAX ? html`<p class="quiet">and ${count(found.length - ROWS_MAX)} older ones: search for them</p>` : nothing}`
  }

  private ofOutcome(outcome: string, some: Case[]): TemplateResult | typeof nothing {
    if (!some.length) return nothing
    return html`<h3>${OUTCOME_SIGNS[outcome] ?? '?'} ${outcome || 'not said yet'} ${count(some.length)}</h3>
      <ul class="cards-list" aria-label="Cases: ${outcome || 'not said yet'}">${some.map((one) => html`<li>${this.row(one)}</li>`)}</ul>`
  }

  private row(one: Case): TemplateResult {
    const { evidence = 0, note = 0, action = 0 } = one.items
    const parts = [[evidence, 'evidence'], [note, note === 1 ? 'note' : 'notes'], [action, 'done']] as const // prettier-ignore
    return html`<button class="card-main ${one.status}" data-case=${one.number} @click=${() => this.app.cases.choose(one.number)}>
      <span class="line"><b class="name">${one.number} <bdi>${one.title}</bdi></b><span class="state-word ${one.status}">${one.status === 'open' ? '○ open' : '● closed'}</span></span>
      <span class="line what"><span><bdi>${one.vessels.slice(0, 3).map(vesselName).join(', ')}</bdi>${one.outcome_kind ? html` · <bdi>${one.outcome_kind}</bdi>` : nothing}${one.pattern ? html` · pattern <bdi>${one.pattern}</bdi>` : nothing}</span></span>
      <span class="line what"><span>${parts.filter(([n]) => n).map(([n, what]) => `${n} ${what}`).join(', ')}</span><span><bdi>${one.changed_by}</bdi> ${when(one.changed, this.app.ageNow, 5)}</span></span>
    </button>`
  }

  protected override updated(): void {
    const { cases } = this.app
    const now = !cases.open ? '' : cases.opening ? 'opening' : cases.form ? `form ${cases.form}` : cases.chosen ? `case ${cases.chosen}` : 'list'
    if (now === this.shown) return
    const before = this.shown
    this.shown = now
    if (!before) this.opener = document.activeElement as HTMLElement | null
    if (!now) return void (this.opener?.isConnected ? this.opener : document.querySelector<HTMLElement>('#cases'))?.focus()
    const row = before.startsWith('case ') && now === 'list' ? this.querySelector<HTMLElement>(`[data-case="${Number(before.slice(5))}"]`) : null
    const form = now.startsWith('form ') || now === 'opening'
    ;(row ?? this.querySelector<HTMLElement>(form ? '.first' : '.desk-search input') ?? this.querySelector<HTMLElement>('.desk-body'))?.focus({ preventScroll: !row && !form })
  }
}
customElements.define('mh-cases', BoardBox)

/** Below the map: the patrol's chart of who is out when, what it does not meet, what if, a vessel to be looked at. */
import { html, nothing, type TemplateResult } from 'lit'
import { sentence } from '../answer'
import { Panel } from '../element'
import { LATE_WORDS, type Tab } from '../patrol'
import { FIGURES } from '../patrolwords'
import { share, when } from '../words'
import { chartOf } from './patrolchart'
import { lookForm, sortieCard, vehicleCard, whatIf } from './patrolforms'

const TABS: readonly [Tab, string][] = [['chart', 'Who is out'], ['short', 'Not met'], ['what if', 'What if'], ['look', 'Look at a vessel']]

export class PatrolBox extends Panel {
  protected readonly on = ['patrol', 'palette', 'sized']
  private beat = 0
  private opener: HTMLElement | null = null
  private wasOpen = false

  override connectedCallback(): void {
    super.connectedCallback()
    this.app.addEventListener('second', () => {
      if (this.app.patrol.open && ++this.beat % 10 === 0) this.requestUpdate() // the line of now
    })
    addEventListener('resize', () => this.app.patrol.open && this.requestUpdate())
  }

  protected override render(): TemplateResult | typeof nothing {
    const { patrol } = this.app
    if (!patrol.open || !patrol.there) return nothing
    const { told } = patrol
    return html`<section class="patrol" role="dialog" aria-label="Patrol">
      <div class="dialog-head">
        <h2>${told?.sheet.name ?? 'Patrol'}</h2>
        <span class="tabs" role="tablist">${TABS.map(([tab, name]) => html`<button role="tab" aria-selected=${patrol.tab === tab} aria-pressed=${patrol.tab === tab} @click=${() => patrol.show(tab)}>${name}${tab === 'short' && patrol.shortfalls.length ? ` (${patrol.shortfalls.length})` : ''}</button>`)}</span>
        <span class="patrol-state">${this.state()}</span>
        <button aria-pressed=${this.app.settings.layers.has('patrol')} @click=${() => this.app.showPatrol(!this.app.settings.layers.has('patrol'))}>On the map</button>
        <button @click=${() => patrol.toggle(false)}>Close (p)</button>
      </div>
      ${patrol.problem || told?.problem ? html`<p class="problem" role="alert">${sentence(patrol.problem || told!.problem)}</p>` : nothing}
      ${patrol.problemOf ? html`<p class="problem" role="alert">${sentence(patrol.problemOf)}</p>` : nothing}
      ${patrol.said ? html`<p class="good-text" aria-live="polite">${patrol.said}</p>` : nothing}
      <div class="patrol-body">${this.body()}</div>
    </section>`
  }

  private state(): TemplateResult | typeof nothing {
    const { told, fresh } = this.app.patrol
    if (!told) return html`asking the node …`
    const { progress, plan } = told
    const doing = progress.doing ? html` <progress max="1" .value=${progress.share}></progress> ${progress.doing}${progress.text ? `, ${progress.text}` : ''}` : told.improving ? html` a better one is searched for` : nothing
    const begins = plan && plan.begin > told.time ? `begins ${when(plan.begin, told.time, 5)}, ` : ''
    return plan ? html`<b title="plan ${plan.number}, by ${plan.who}: ${plan.why}">${told.state === 'over' ? 'OVER' : `plan ${plan.number}`}</b> ${begins}fresh now <b>${Number.isNaN(fresh) ? '–' : share(fresh)}</b>, planned ${share(told.figures.fresh ?? NaN)} to ${when(plan.end, told.time, 5)}${doing}` : html`no plan yet;${doing}`
  }

  private body(): TemplateResult | typeof nothing {
    const { patrol } = this.app
    if (patrol.tab === 'what if') return whatIf(this.app)
    if (patrol.tab === 'look') return lookForm(this.app)
    if (patrol.tab === 'short') return this.short()
    const width = this.app.chart.map.getContainer().clientWidth
    const card = patrol.chosen ? sortieCard(this.app, patrol.chosen) : patrol.vehicle ? vehicleCard(this.app, patrol.vehicle) : nothing
    return html`<div class="patrol-chart">${patrol.told?.plan ? chartOf(this.app, Math.max(480, width - (card === nothing ? 40 : 340))) : html`<p>${patrol.told?.said ?? ''}</p>`}</div>${card}`
  }

  private short(): TemplateResult {
    const { shortfalls, told } = this.app.patrol, late = this.app.patrol.cells.filter((c) => c.late > 1).length
    return html`<div>
      <table class="facts patrol-figures"><tbody>${FIGURES.map(([key, name, words]) => (told?.figures[key] === undefined ? nothing : html`<tr><th>${name}</th><td>${words(told.figures[key])}</td></tr>`))}<tr><th>late now</th><td>${late} cells</td></tr></tbody></table>
      ${shortfalls.length ? html`<ul class="patrol-short">${shortfalls.map((s) => html`<li><b><bdi>${s.demand}</bdi></b><br /><bdi>${sentence(s.because)}</bdi>${s.would ? html`<br /><span class="quiet">It would take <bdi>${s.would}</bdi>.</span>` : nothing}</li>`)}</ul>` : html`<p>All stations are kept and all vessels are reached. Of cells, ${LATE_WORDS[3]} ones are on the map.</p>`}
      <p class="quiet">${told?.said ? sentence(`this patrol ${told.said}`) : ''}</p>
      <h3>Plans</h3><ul class="log">${(told?.plans ?? []).slice(0, 8).map((p) => html`<li>${when(p.time, told!.time, 5)} plan ${p.number} by <bdi>${p.who}</bdi>: <bdi>${p.why}</bdi></li>`)}</ul>
    </div>`
  }

  protected override updated(): void {
    const { open } = this.app.patrol
    if (open === this.wasOpen) return
    this.wasOpen = open
    if (open) {
      this.opener = document.activeElement as HTMLElement | null
      this.querySelector<HTMLElement>('.tabs button')?.focus({ preventScroll: true })
    } else (this.opener?.isConnected ? this.opener : document.querySelector<HTMLElement>('#patrol'))?.focus()
  }
}
customElements.define('mh-patrol', PatrolBox)

/** Below the map: the patrol's chart of who is out when, what it does not meet, what if, a vessel to be looked at. */
import { html, nothing, type TemplateResult } from 'lit'
import { sentence } from '../answer'
import { Panel } from '../element'
import { LATE_WORDS, SEEN_WORDS, type Tab } from '../patrol'
import { SEEN_OPACITY } from '../patrolmap'
import { FIGURES } from '../patrolwords'
import { share, when } from '../words'
import { chartOf } from './patrolchart'
import { lookForm, sortieCard, vehicleCard, whatIf } from './patrolforms'
import { zoneForm } from './patrolzone'

const TABS: readonly [Tab, string][] = [['chart', 'Who is out'], ['short', 'Not met'], ['what if', 'What if'], ['look', 'Look'], ['zone', 'Zone']]

export class PatrolBox extends Panel {
  protected readonly on = ['patrol', 'palette', 'sized', 'zones']
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
        <h2 title=${told?.sheet.about ?? ''}>${told?.sheet.name ?? 'Patrol'}</h2>
        <span class="tabs" role="tablist">${TABS.map(([tab, name]) => html`<button role="tab" aria-selected=${patrol.tab === tab} aria-pressed=${patrol.tab === tab} @click=${() => patrol.show(tab)}>${name}${tab === 'short' && patrol.shortfalls.length ? ` (${patrol.shortfalls.length})` : ''}</button>`)}</span>
        <button title="All of the patrol's sea on the map" @click=${() => this.app.showSea()}>All of it</button>
        <button aria-pressed=${this.app.settings.layers.has('patrol')} @click=${() => this.app.showPatrol(!this.app.settings.layers.has('patrol'))}>On the map</button>
        <button @click=${() => patrol.toggle(false)}>Close (p)</button>
      </div>
      <p class="patrol-state">${this.state()}</p>
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
    return plan ? html`<b title="plan ${plan.number}, by ${plan.who}: ${plan.why}">${told.state === 'over' ? 'OVER' : `plan ${plan.number}`}</b>${doing} ${begins}fresh now <b>${Number.isNaN(fresh) ? '–' : share(fresh)}</b>, planned ${share(told.figures.fresh ?? NaN)} to ${when(plan.end, told.time, 5)}` : html`no plan yet:${doing}`
  }

  private body(): TemplateResult | typeof nothing {
    const { patrol } = this.app
    if (patrol.tab === 'what if') return whatIf(this.app)
    if (patrol.tab === 'look') return lookForm(this.app)
    if (patrol.tab === 'zone') return zoneForm(this.app)
    if (patrol.tab === 'short') return this.short()
    const width = this.app.chart.map.getContainer().clientWidth
    const card = patrol.chosen ? sortieCard(this.app, patrol.chosen) : patrol.vehicle ? vehicleCard(this.app, patrol.vehicle) : nothing
    return html`<div class="patrol-chart">${this.legend()}${patrol.told?.plan ? chartOf(this.app, Math.max(380, width - (card === nothing ? 40 : 340))) : html`<p>${patrol.told?.said ?? ''}</p>`}</div>${card}`
  }

  /** What the map shows, beside its colours. */
  private legend(): TemplateResult {
    const { late, way } = this.app.palette.patrol, { label } = this.app.palette
    const { patrol } = this.app, views = ([['age', 'Age of looks'], ['sees', 'Who sees what']] as const).map(([view, name]) => html`<button aria-pressed=${patrol.view === view} @click=${() => patrol.see(view)}>${name}</button>`)
    if (patrol.view === 'sees')
      return html`<p class="patrol-legend"><span class="tabs" role="group" aria-label="The map shows">${views}</span> Radars on shore hold of the vessels looked for: ${SEEN_WORDS.map((word, i) => html`<span><svg width="14" height="12"><rect x="0.5" y="0.5" width="13" height="11" fill=${way} fill-opacity=${SEEN_OPACITY[i]!} stroke=${label} stroke-opacity="0.5" /></svg> ${word}</span>`)}
        <span><svg width="14" height="12"><path d="M0 12L14 0M-7 12L7 0M7 12L21 0" stroke=${label} /></svg> AIS is heard</span></p>`
    return html`<p class="patrol-legend"><span class="tabs" role="group" aria-label="The map shows">${views}</span> ${late.map((colour, i) => html`<span><svg width="14" height="12"><rect x="0.5" y="0.5" width="13" height="11" fill=${colour} fill-opacity=${i ? 0.75 : 0.45} stroke=${label} stroke-opacity="0.5" /></svg> ${LATE_WORDS[i]}</span>`)}
      <span><svg width="14" height="12"><path d="M0 12L14 0M-7 12L7 0M7 12L21 0" stroke=${label} /></svg> held by radars</span>
      <span><svg width="14" height="14"><circle cx="7" cy="7" r="5" fill="none" stroke=${way} stroke-width="2" /><rect x="5.5" y="5.5" width="3" height="3" fill=${way} /></svg> should be here</span></p>`
  }

  private short(): TemplateResult {
    const { shortfalls, told } = this.app.patrol, cells = this.app.patrol.cells.filter((c) => !c.held), late = cells.filter((c) => c.late > 1).length, never = cells.filter((c) => !c.next).length
    return html`<div>
      <table class="facts patrol-figures"><tbody>${FIGURES.map(([key, name, words]) => (told?.figures[key] === undefined ? nothing : html`<tr><th>${name}</th><td>${words(told.figures[key])}</td></tr>`))}<tr><th>late now</th><td>${late} of ${cells.length} cells</td></tr><tr><th>no look to come</th><td>${never} cells</td></tr></tbody></table>
      ${never ? html`<p>${never} cells get no look in what is left of the plan: this fleet cannot keep more of the demanded weight fresh, as far as the search has found. It would take more vehicles in the patrol file, or longer intervals there.</p>` : nothing}
      ${shortfalls.length ? html`<ul class="patrol-short">${shortfalls.map((s) => html`<li><b><bdi>${s.demand}</bdi></b><br /><bdi>${sentence(s.because)}</bdi>${s.would ? html`<br /><span class="quiet">What would help: <bdi>${s.would}</bdi>.</span>` : nothing}</li>`)}</ul>` : html`<p>All stations are kept and all vessels are reached in time.</p>`}
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

/** Over the map: all of our own, and all tasks by state, as the badge in the bar or `t` opens it. */
import { html, nothing, type TemplateResult } from 'lit'
import { isSilent, linkBrief, type Asset } from '../assets'
import { Panel } from '../element'
import { symbolImage } from '../symbols'
import { STATES, type State } from '../tasks'
import { count } from '../words'
import { taskRow } from './task'

const ROWS_MAX = 60

export class FleetBox extends Panel {
  protected readonly on = ['tasks', 'assets', 'asset', 'second', 'palette']
  private only: State | '' = ''
  private tab: 'open' | 'over' = 'open'
  private shown = false

  protected override render(): TemplateResult | typeof nothing {
    const { tasks, assets } = this.app
    if (!tasks.open) return nothing
    return html`<section class="zones fleet" role="dialog" aria-label="Ours, and their tasks">
      <div class="dialog-head"><h2>Ours, and their tasks</h2><button @click=${() => tasks.toggle(false)}>Close (t)</button></div>
      ${assets.list.length ? html`<ul class="asset-rows" aria-label="Vehicles, cameras and crews">${assets.list.map((a) => html`<li>${this.asset(a)}</li>`)}</ul>` : html`<p class="empty">No vehicles, cameras or crews are in the node file.</p>`}
      ${tasks.kept ? this.tasks() : html`<p class="quiet">Tasks are kept with the alerts, and this node keeps none.</p>`}
      <p class="hidden" aria-live="polite">${tasks.said}</p>
    </section>`
  }

  private asset(a: Asset): TemplateResult {
    const { chart, settings, ageNow } = this.app
    const said = [linkBrief(a, ageNow) || (a.kind === 'camera' ? 'stands' : 'up'), a.mode].filter(Boolean).join(' · ')
    return html`<button class="asset-main" aria-pressed=${settings.asset === a.name} @click=${() => this.app.chooseAsset(settings.asset === a.name ? '' : a.name)}>
      <img src=${symbolImage(chart.atlas, `asset-${a.kind}-${isSilent(a) ? 1 : 0}`, 26)} width="26" height="26" alt="" />
      <span class="two"><bdi class="name">${a.name}</bdi><span class="what">${a.kind}, ${said}</span></span>
    </button>`
  }

  private tasks(): TemplateResult {
    const { tasks } = this.app, open = tasks.underWay, over = tasks.over
    const all = this.tab === 'open' ? open : over, states = STATES.filter((s) => all.some((t) => t.state === s))
    if (this.only && !states.includes(this.only)) this.only = ''
    const rows = this.only ? all.filter((t) => t.state === this.only) : all
    return html`<div class="task-head">
        <span class="tabs" role="group" aria-label="Which tasks"><button aria-pressed=${this.tab === 'open'} @click=${() => this.turn('open')}>Tasks ${count(open.length)}</button><button aria-pressed=${this.tab === 'over'} @click=${() => this.turn('over')}>Over ${count(over.length)}</button></span>
        ${states.length > 1 ? html`<span class="task-counts" role="group" aria-label="Only those">${states.map((s) => html`<button aria-pressed=${this.only === s} @click=${() => this.turn(this.tab, this.only === s ? '' : s)}>${s} ${all.filter((t) => t.state === s).length}</button>`)}</span>` : nothing}
      </div>
      ${rows.length ? html`<ul class="task-rows" aria-label="Tasks">${rows.slice(0, ROWS_MAX).map((t) => taskRow(this.app, t, true))}</ul>` : html`<p class="empty">${this.tab === 'open' ? 'No tasks are asked for or under way.' : 'No tasks are over.'}</p>`}
      ${rows.length > ROWS_MAX ? html`<p class="quiet">and ${count(rows.length - ROWS_MAX)} older ones</p>` : nothing}`
  }

  private turn(tab: 'open' | 'over', only: State | '' = ''): void {
    this.tab = tab
    this.only = only
    this.requestUpdate()
  }

  /** The focus goes in when it opens and back when it closes. */
  protected override updated(): void {
    const { open } = this.app.tasks
    if (open === this.shown) return
    this.shown = open
    if (open) (this.querySelector<HTMLElement>('.asset-main') ?? this.querySelector<HTMLElement>('button'))?.focus()
    else document.querySelector<HTMLElement>('#tasks')?.focus()
  }
}
customElements.define('mh-fleet', FleetBox)

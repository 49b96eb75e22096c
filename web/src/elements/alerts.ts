/** The list of alerts in the order of docs/alerts.md: unacknowledged first, by urgency, then the newest; and its sound. */
import { html, nothing, type TemplateResult } from 'lit'
import { SIGNS, type Alert } from '../alerts'
import { MUTE_MIN } from '../bell'
import { Panel } from '../element'
import { count, roughAge } from '../words'
import { ask } from './decide'

const ROWS_MAX = 100 // more are told, and shown when asked for (MSC.302(87) 9.12, 9.13)
const OWN_TIME_S = 20 // rows tell ages in minutes

export class AlertList extends Panel {
  protected readonly on = ['alerts', 'alert', 'sound', 'node', 'minute']
  private tab: 'open' | 'aside' = 'open'
  private all = false
  private said = ''
  private tall = false

  override connectedCallback(): void {
    super.connectedCallback()
    setInterval(() => this.requestUpdate(), 1000 * OWN_TIME_S)
  }

  protected override render(): TemplateResult | typeof nothing {
    const { alerts } = this.app
    this.toggleAttribute('hidden', !alerts.kept)
    if (!alerts.kept) return nothing
    this.speak()
    const { open, aside } = alerts, shown = this.tab === 'open' ? open : aside
    return html`
      <div class="alerts-head">
        <h2 class="hidden">Alerts</h2>
        <span class="tabs" role="group" aria-label="Which alerts">
          <button aria-pressed=${this.tab === 'open'} @click=${() => this.show('open')}>Alerts ${count(open.length)}</button>
          <button aria-pressed=${this.tab === 'aside'} @click=${() => this.show('aside')}>Set aside ${count(aside.length)}</button>
        </span>
        <span class="space"></span>${this.sound()}
        <button aria-pressed=${this.tall} aria-label="Alerts over the whole height" title="Alerts over the whole height" @click=${() => this.stretch(!this.tall)}>${this.tall ? '▴' : '▾'}</button>
      </div>
      ${alerts.problem ? html`<p class="problem">${alerts.problem}</p>` : nothing}
      ${shown.length ? this.rows(shown) : html`<p class="empty">${this.tab === 'open' ? 'No alerts.' : 'Nothing is set aside.'}</p>`}
    `
  }

  private show(tab: 'open' | 'aside'): void {
    this.tab = tab
    this.all = false
    this.requestUpdate()
  }

  private stretch(tall: boolean): void {
    this.tall = tall
    this.parentElement!.classList.toggle('tall-alerts', this.tall)
    this.requestUpdate()
  }

  private sound(): TemplateResult {
    const { bell } = this.app, left = bell.muted_s
    if (!bell.allowed) return html`<button class="sound" title="The browser keeps sound off until a key or a click on this page">Sound off</button>`
    if (left > 0) return html`<button class="sound" aria-pressed="true" title="Muted: sound on again (m)" @click=${() => bell.mute(0)}>Mute ${Math.ceil(left / 60)}′</button>`
    return html`<button class="sound" title="No sound for ${MUTE_MIN} minutes (m)" @click=${() => bell.mute(MUTE_MIN)}>Mute</button>`
  }

  private rows(alerts: Alert[]): TemplateResult {
    const shown = this.all ? alerts : alerts.slice(0, ROWS_MAX)
    return html`<ul class="alert-rows" aria-label="Alerts" @keydown=${this.onKey}>
        ${shown.map((a) => html`<li class="alert-row ${a.urgency} ${a.place} ${a.calls ? 'calls' : ''}">${this.row(a)}</li>`)}
      </ul>
      ${alerts.length > shown.length
        ? html`<button class="warn more" @click=${() => { this.all = true; this.requestUpdate() }}>${count(alerts.length - shown.length)} more alerts</button>`
        : nothing}` // prettier-ignore
  }

  private row(a: Alert): TemplateResult {
    const chosen = a.number === this.app.alerts.chosen
    return html`<button class="alert-main" aria-pressed=${chosen} data-number=${a.number} @click=${() => this.choose(chosen ? 0 : a.number)}>
        <span class="line"><b class="urgency ${a.urgency}"><span aria-hidden="true">${SIGNS[a.urgency]}</span> ${a.urgency.toUpperCase()}</b>
          <bdi class="name">${this.app.vesselNames(a, 2)}</bdi><span class="age">${roughAge(this.app.ageNow - a.since)}</span></span>
        <span class="line what"><bdi class="because" title=${`${a.kinds.map(kindName).join(', ')}: ${a.because}`}>${a.because}</bdi><span>${stateOf(a)}</span></span>
      </button>
      ${a.place === 'unacknowledged' || a.place === 'ended'
        ? html`<button class="ack" title="Acknowledge this alert (k when it is chosen)" aria-label="Acknowledge alert ${a.number}" @click=${() => ask('acknowledge', a)}>ACK</button>`
        : nothing}`
  }

  private choose(number: number): void {
    if (this.tall) this.stretch(false)
    this.app.chooseAlert(number)
  }

  /** Arrows go from row to row. */
  private onKey(e: KeyboardEvent): void {
    if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return
    const all = [...this.querySelectorAll<HTMLElement>('.alert-main')]
    const at = all.findIndex((row) => row.parentElement!.contains(document.activeElement))
    const next = all[at + (e.key === 'ArrowDown' ? 1 : -1)]
    if (!next) return
    e.preventDefault()
    next.focus()
  }

  focusFirst(): void {
    this.show('open')
    void this.updateComplete.then(() => (this.querySelector<HTMLElement>('.alert-main') ?? this.querySelector<HTMLElement>('button'))?.focus())
  }

  /** New ones are said once by screen readers. */
  private speak(): void {
    const worst = this.app.alerts.calling[0], text = worst ? `${worst.urgency}: ${worst.because}` : ''
    if (text === this.said) return
    this.said = text
    document.getElementById('alert-speech')!.textContent = text
  }
}
customElements.define('mh-alerts', AlertList)

/** "ais_gap" -> "ais gap": names of definitions as people read them. */
export function kindName(kind: string): string {
  return kind.replaceAll('_', ' ')
}

export function stateOf(a: Alert): string {
  const over = a.retracted ? 'retracted' : a.going_on ? '' : 'over'
  const by = a.acknowledged_by && a.place === 'settled' ? `ack ${a.acknowledged_by}` : ''
  return [over, by, a.assigned ? `→ ${a.assigned}` : '', a.escalated !== null ? 'escalated' : ''].filter(Boolean).join(' · ')
}

/** One decision about one alert, in a dialog: acknowledge, assign, set aside, escalate, comment, close. */
import { html, nothing, type TemplateResult } from 'lit'
import { SIGNS, URGENCIES, type Alert } from '../alerts'
import { Panel } from '../element'

export type What = 'acknowledge' | 'assign' | 'set-aside' | 'bring-back' | 'escalate' | 'comment' | 'close'
interface Decision {
  what: What
  name: string
  title: string
  fits: (a: Alert) => boolean
}
const waits = (a: Alert): boolean => a.place === 'unacknowledged' || a.place === 'ended'
export const DECISIONS: readonly Decision[] = [
  { what: 'acknowledge', name: 'Acknowledge', title: 'Seen, and taken on (k)', fits: waits },
  { what: 'assign', name: 'Assign', title: 'Give it to somebody', fits: (a) => a.place !== 'closed' },
  { what: 'set-aside', name: 'Set aside', title: 'Off the list for the time of its behaviours', fits: (a) => a.place !== 'closed' && a.place !== 'aside' && !a.retracted },
  { what: 'bring-back', name: 'Bring back', title: 'Back to the list', fits: (a) => a.place === 'aside' },
  { what: 'escalate', name: 'Escalate', title: 'Make it more urgent', fits: (a) => a.place !== 'closed' && a.urgency !== 'emergency' },
  { what: 'comment', name: 'Comment', title: 'A note in its log', fits: () => true },
  { what: 'close', name: 'Close', title: 'Say what it was, and take it off the list', fits: (a) => a.place !== 'closed' || !a.outcome },
]
const ASIDE_H = [1, 4, 12, 24]

let open: (what: What, alert: Alert) => void = () => undefined
export function ask(what: What, alert: Alert): void {
  open(what, alert)
}

export class Decide extends Panel {
  protected readonly on = ['palette']
  private what: What = 'acknowledge'
  private alert: Alert | null = null
  private problem = ''
  private busy = false

  override connectedCallback(): void {
    super.connectedCallback()
    open = (what, alert) => this.begin(what, alert)
  }

  private begin(what: What, alert: Alert): void {
    this.what = what
    this.alert = alert
    this.problem = ''
    this.requestUpdate()
    void this.updateComplete.then(() => {
      const dialog = this.querySelector('dialog')!
      if (!dialog.open) dialog.showModal()
      const who = this.querySelector<HTMLInputElement>('[name=who]')
      ;(who?.value ? this.querySelector<HTMLElement>('.first') : who)?.focus()
    })
  }

  protected override render(): TemplateResult {
    const a = this.alert, decision = DECISIONS.find((d) => d.what === this.what)!
    return html`<dialog class="decide" aria-label=${decision.name}>
      ${a
        ? html`<form method="dialog" @submit=${(e: SubmitEvent) => this.submit(e)}>
            <div class="dialog-head"><h2>${decision.name}: alert ${a.number}</h2><button type="button" @click=${() => this.close()}>Cancel (Esc)</button></div>
            <p><b class="urgency ${a.urgency}"><span aria-hidden="true">${SIGNS[a.urgency]}</span> ${a.urgency.toUpperCase()}</b> <bdi>${a.because}</bdi></p>
            <label>Your name <input name="who" required maxlength="80" autocomplete="name" .value=${this.app.alerts.who} /></label>
            ${this.fields(a)}
            ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
            <button class="go" ?disabled=${this.busy}>${decision.name}</button>
          </form>`
        : nothing}
    </dialog>`
  }

  private fields(a: Alert): TemplateResult | typeof nothing {
    const { words } = this.app.alerts
    const choice = (name: string, title: string, of: readonly string[]): TemplateResult =>
      html`<label>${title} <select class="first" name=${name}>${of.map((word) => html`<option value=${word}>${word}</option>`)}</select></label>`
    const note = html`<label>Note <textarea name="note" maxlength="2000" rows="2"></textarea></label>`
    switch (this.what) {
      case 'acknowledge': return html`${choice('reason', 'Reason', words.reasons)}${note}`
      case 'assign': return html`<label>To <input class="first" name="to" maxlength="80" placeholder="nobody" .value=${a.assigned} /></label>`
      case 'set-aside': return html`${choice('reason', 'Reason', words.aside_reasons)}
        <label>For <select name="hours"><option value="">${a.going_on ? 'as long as it lasts' : 'its own time'}</option>${a.going_on ? ASIDE_H.map((h) => html`<option value=${h}>at most ${h} h</option>`) : nothing}</select></label>${note}`
      case 'escalate': return html`${choice('urgency', 'To', URGENCIES.slice(0, URGENCIES.indexOf(a.urgency)).reverse())}${note}`
      case 'comment': return html`<label>Note <textarea class="first" name="text" maxlength="2000" rows="3" required></textarea></label>`
      case 'close': return html`${choice('outcome', 'It was', words.outcomes)}${note}`
      default: return nothing
    } // prettier-ignore
  }

  private async submit(e: SubmitEvent): Promise<void> {
    e.preventDefault()
    const a = this.alert
    if (!a || this.busy) return
    const given = Object.fromEntries(new FormData(e.target as HTMLFormElement)) as Record<string, string>
    const { who = '', hours = '', ...told } = given
    this.app.alerts.who = who
    const body: Record<string, unknown> = { ...told }
    if (hours) body.until = this.app.ageNow + 3600 * Number(hours)
    if (this.what !== 'comment') body.version = a.version // as it was seen
    this.busy = true
    this.requestUpdate()
    try {
      await this.app.alerts.decide(a.number, this.what, body)
      this.close()
    } catch (error) {
      this.problem = (error as Error).message
    }
    this.busy = false
    this.requestUpdate()
  }

  private close(): void {
    this.querySelector('dialog')!.close()
  }
}
customElements.define('mh-decide', Decide)

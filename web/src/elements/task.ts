/** One task as a row wherever tasks are listed, and the dialog in which somebody accepts, refuses or withdraws it. */
import { html, nothing, type TemplateResult } from 'lit'
import type { App } from '../app'
import { Panel } from '../element'
import { stateWords, STATE_SIGNS, taskWords, type Decision, type Task } from '../tasks'
import { roughAge, when } from '../words'

const NAMES: Record<Decision, [verb: string, title: string]> = {
  accept: ['Accept', 'Its operator says yes: it is sent'], refuse: ['Refuse', 'Its operator says no'], withdraw: ['Withdraw', 'It shall not be done after all'],
} // prettier-ignore

/** `named`: whose it is is said too. */
export function taskRow(app: App, t: Task, named: boolean): TemplateResult {
  const why = t.turns.at(-1)?.why ?? '', by = t.turns.at(-1)?.who ?? ''
  return html`<li class="task ${t.over ? 'over' : ''}" data-task=${t.number} data-state=${t.state}>
    <div class="line"><b class="task-state ${t.state.replace(' ', '-')}"><span aria-hidden="true">${STATE_SIGNS[t.state]}</span> ${stateWords(t)}</b><span class="quiet">${t.number} · ${roughAge(Date.now() / 1000 - t.since)}</span></div>
    <p>${named ? html`<button class="link" title="Choose it" @click=${() => app.chooseAsset(t.asset)}><bdi>${t.asset}</bdi></button> ` : nothing}<bdi>${taskWords(t, (id) => app.nameById(id))}</bdi>${t.reason ? html`: <bdi>${t.reason}</bdi>` : nothing}</p>
    <p class="quiet">asked by <bdi>${t.who}</bdi> ${when(t.time, app.now, 5)}${t.begin !== null ? `, not before ${when(t.begin, app.now, 5)}` : ''}${t.until !== null ? `, until ${when(t.until, app.now, 5)}` : ''}${t.turns.length ? html`; ${t.state} by <bdi>${by}</bdi>${why ? html`: <bdi>${why}</bdi>` : nothing}` : nothing}</p>
    ${t.said && t.said !== why ? html`<p class="quiet"><bdi>${t.asset}</bdi>: <bdi>${t.said}</bdi></p>` : nothing}
    ${t.over ? nothing : html`<div class="pair-buttons">${decisionsOf(t).map((d) => html`<button class=${d === 'accept' ? 'go' : ''} title=${NAMES[d][1]} aria-label="${NAMES[d][0]} task ${t.number}" @click=${() => decideTask(t, d)}>${NAMES[d][0]} …</button>`)}</div>`}
  </li>` // prettier-ignore
}
const decisionsOf = (t: Task): Decision[] => (t.state === 'proposed' ? ['accept', 'refuse', 'withdraw'] : ['withdraw'])

let begin: (task: Task, decision: Decision) => void = () => undefined
export function decideTask(task: Task, decision: Decision): void {
  begin(task, decision)
}

export class DecideTask extends Panel {
  protected readonly on = ['tasks', 'palette']
  private seen: Task | null = null
  private decision: Decision = 'accept'
  private problem = ''
  private busy = false

  override connectedCallback(): void {
    super.connectedCallback()
    begin = (task, decision) => this.begin(task, decision)
  }

  private begin(task: Task, decision: Decision): void {
    this.seen = task
    this.decision = decision
    this.problem = ''
    this.requestUpdate()
    void this.updateComplete.then(() => {
      const dialog = this.querySelector('dialog')!
      if (!dialog.open) dialog.showModal()
      const who = this.querySelector<HTMLInputElement>('[name=who]')
      ;(who?.value ? this.querySelector<HTMLElement>('.go') : who)?.focus()
    })
  }

  protected override render(): TemplateResult {
    const t = this.seen, [verb, title] = NAMES[this.decision]
    return html`<dialog class="decide" aria-label="${verb} a task">
      ${t
        ? html`<form method="dialog" @submit=${(e: SubmitEvent) => this.submit(e, t)}>
            <div class="dialog-head"><h2>${verb}: task ${t.number}</h2><button type="button" @click=${() => this.close()}>Cancel (Esc)</button></div>
            <p><b><bdi>${t.asset}</bdi></b>: <bdi>${taskWords(t, (id) => this.app.nameById(id))}</bdi>${t.reason ? html`: <bdi>${t.reason}</bdi>` : nothing}</p>
            <p class="quiet">${title}. Asked by <bdi>${t.who}</bdi>; its operator is <bdi>${this.app.assets.get(t.asset)?.operator || 'nobody'}</bdi>.</p>
            ${this.changed(t)}
            <label>Your name <input name="who" required maxlength="80" autocomplete="name" .value=${this.app.alerts.who} /></label>
            <label>Note <textarea name="note" maxlength="2000" rows="2"></textarea></label>
            ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
            <button class="go" ?disabled=${this.busy}>${verb}</button>
          </form>`
        : nothing}
    </dialog>`
  }

  /** What has become of it since the dialog was opened. */
  private changed(t: Task): TemplateResult | typeof nothing {
    const now = this.app.tasks.list.find((one) => one.number === t.number)
    return now && now.version !== t.version ? html`<p class="problem" role="status">It is ${stateWords(now)} meanwhile.</p>` : nothing
  }

  private async submit(e: SubmitEvent, t: Task): Promise<void> {
    e.preventDefault()
    if (this.busy) return
    const { who = '', note = '' } = Object.fromEntries(new FormData(e.target as HTMLFormElement)) as Record<string, string>
    this.app.alerts.who = who
    this.busy = true
    this.problem = ''
    this.requestUpdate()
    try {
      await this.app.tasks.decide(t, this.decision, who, note)
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
customElements.define('mh-task', DecideTask)

/** In the panel of the chosen vessel: whether it is the same as another, as people say; and the dialog in which they say it. */
import { html, nothing, type TemplateResult } from 'lit'
import { Panel } from '../element'
import type { Saying, Word } from '../pairing'
import { CATEGORIES } from '../picture'
import { HOLDS, holdOf } from '../settings'
import { bearing, knots, length, when } from '../words'

export class Pair extends Panel {
  protected readonly on = ['pairing', 'selection', 'health', 'alerts', 'second']
  private was = ''

  protected override render(): TemplateResult | typeof nothing {
    const { pairing, settings, health, notPaired } = this.app
    if (!settings.selected || !health) return nothing
    if (notPaired) return html`<h3>Same or not</h3><p class="quiet" id="not-paired">${notPaired}</p>`
    return html`<h3>Same or not</h3>
      <div role="group" aria-label="Same as another vessel or not">
        ${pairing.choosing ? this.choice(pairing.choosing) : this.buttons()}
        ${pairing.problem ? html`<p class="problem" role="alert">${pairing.problem}</p>` : nothing}
        ${pairing.words.length ? html`<ul class="log said" aria-label="What people said">${pairing.words.map((w) => this.word(w))}</ul>` : nothing}
      </div>`
  }

  private buttons(): TemplateResult | typeof nothing {
    const { pairing, picture, settings } = this.app
    if (!picture.slotOf.has(settings.selected)) return nothing
    return html`<div class="pair-buttons">
      <button title="Choose the vessel that is this one too" @click=${() => pairing.choose(true)}>Same as …</button>
      <button title="Choose a vessel that is another one" @click=${() => pairing.choose(false)}>Not the same as …</button>
    </div>
    ${this.holders()}`
  }

  /** What one of several nodes holds may be another vessel, which was taken for this one. */
  private holders(): TemplateResult | typeof nothing {
    const { pairing, settings } = this.app, held = this.app.nodesOf(settings.selected)?.heldBy ?? []
    if (held.length < 2) return nothing
    return html`<p class="quiet">Put together wrongly? Another vessel is what is held by</p>
      <div class="pair-buttons splits" role="group" aria-label="Held by this node is another vessel">${held.map((node) => html`<button title="What ${node} holds is another vessel" @click=${() => pairing.split(node)}><bdi>${node}</bdi> …</button>`)}</div>`
  }

  private choice({ same, near }: { same: boolean; near: number[] }): TemplateResult {
    const { pairing, picture } = this.app
    const row = (id: number): TemplateResult => {
      const s = picture.slotOf.get(id)
      return html`<li><button ?disabled=${s === undefined} @click=${() => pairing.pick(id)}>
        <span class="line"><b class="name"><bdi>${this.app.nameById(id)}</bdi></b><span>${s === undefined ? 'gone' : length(pairing.apart(pairing.subject, id))}</span></span>
        <span class="line what"><span>${s === undefined ? '' : sketch(this.app, s)}</span></span>
      </button></li>`
    }
    return html`<p id="pair-asked">Click the vessel that is <b>${same ? 'the same' : 'not the same'}</b> on the map or in the list, or choose it here:</p>
      <ul class="near" aria-label="The nearest vessels" aria-describedby="pair-asked">${near.map(row)}</ul>
      <div class="pair-buttons"><button @click=${() => pairing.cancel()}>Cancel (Esc)</button></div>`
  }

  private word(w: Word): TemplateResult {
    if (w.node) return html`<li><span class="when">${when(w.time, this.app.now)}</span> <b><bdi>${w.who}</bdi></b> what <bdi>${w.node}</bdi> held of it is another vessel${w.note ? html`<br /><bdi>${w.note}</bdi>` : nothing}</li>`
    const { pairing, picture } = this.app, other = pairing.other(w), over = pairing.overtaken(w)
    return html`<li class=${over ? 'overtaken' : ''}>
      <span class="when">${when(w.time, this.app.now)}</span> <b><bdi>${w.who}</bdi></b> ${w.same ? 'the same as' : 'not the same as'}
      ${picture.slotOf.has(other) ? html`<button class="link" title="Choose this vessel" @click=${() => this.app.goTo(other)}><bdi>${this.app.nameById(other)}</bdi></button>` : html`<bdi>${this.app.nameById(other)}</bdi>`}
      ${w.note ? html`<br /><bdi>${w.note}</bdi>` : nothing}
      ${over ? html`<br /><span class="quiet">something else was said since</span>` : html`<button class="take-back" aria-label="Take back: ${w.same ? 'not the same as' : 'the same as'} ${this.app.nameById(other)}" @click=${() => pairing.takeBack(w)}>Take back</button>`}
    </li>`
  }

  /** The focus goes to the choice, and back. */
  protected override updated(): void {
    const { pairing } = this.app, now = pairing.saying ? 'saying' : pairing.choosing ? 'choosing' : ''
    if (now === this.was) return
    const mine = this.contains(document.activeElement) || document.activeElement === document.body
    if (now === 'choosing') this.querySelector<HTMLElement>('.near button:not(:disabled)')?.focus()
    else if (!now && this.was && mine) this.querySelector<HTMLElement>('.pair-buttons button')?.focus()
    this.was = now
  }
}
customElements.define('mh-pair', Pair)

/** "fishing, radar only, 12.3 kn 045°": enough to tell one from the other. */
function sketch(app: Panel['app'], s: number): string {
  const p = app.picture, moves = p.underWay(s) ? `${knots(p.speed[s]!)} ${bearing(p.course[s]!)}` : Number.isNaN(p.speed[s]!) ? '' : 'still'
  return [CATEGORIES[Math.min(10, p.category[s]!)], HOLDS[holdOf(p.source[s]!)], moves].filter(Boolean).join(', ')
}

export class Say extends Panel {
  protected readonly on = ['pairing', 'palette', 'second']
  private problem = ''
  private busy = false
  private shown: Saying | null = null

  protected override render(): TemplateResult {
    const { saying } = this.app.pairing
    const title = saying?.same ? 'The same vessel' : 'Not the same vessel'
    return html`<dialog class="decide" aria-label=${title} @close=${() => this.closed()}>
      ${saying
        ? html`<form method="dialog" @submit=${(e: SubmitEvent) => this.submit(e)}>
            <div class="dialog-head"><h2>${title}</h2><button type="button" @click=${() => this.querySelector('dialog')!.close()}>Cancel (Esc)</button></div>
            <ul class="pair-two">${(saying.node ? [saying.one] : [saying.one, saying.other]).map((id) => this.vessel(id))}</ul>
            ${saying.node
              ? html`<p>What <b><bdi>${saying.node}</bdi></b> holds of it is <b>another vessel</b>. That holds at all nodes, whatever these reckon, until somebody says that the two are the same.</p>`
              : html`<p>${this.apart(saying)}They are <b>${saying.same ? 'one vessel' : 'two vessels'}</b>. That holds at all nodes, whatever these reckon, until somebody says the contrary.</p>`}
            ${this.held(saying)}
            <label>Your name <input name="who" required maxlength="80" autocomplete="name" .value=${this.app.alerts.who} /></label>
            <label>Note <textarea name="note" class="first" maxlength="2000" rows="2" placeholder="how it is known"></textarea></label>
            ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
            <button class="go" ?disabled=${this.busy}>${saying.node ? 'It is another vessel' : saying.same ? 'They are one' : 'They are two'}</button>
          </form>`
        : nothing}
    </dialog>`
  }

  private vessel(id: number): TemplateResult {
    const s = this.app.picture.slotOf.get(id)
    return html`<li><b><bdi>${this.app.nameById(id)}</bdi></b> <span class="quiet">#${id}, ${s === undefined ? 'not in the picture now' : sketch(this.app, s)}</span></li>`
  }

  /** A word joins vessels of different nodes only. */
  private held({ one, other, same }: Saying): TemplateResult | typeof nothing {
    const ours = this.app.nodesOf(one)?.heldBy ?? [], theirs = this.app.nodesOf(other)?.heldBy ?? [], both = ours.filter((name) => theirs.includes(name))
    return same && both.length ? html`<p class="problem"><bdi>${both.join(', ')}</bdi> hold${both.length > 1 ? '' : 's'} both. What one node holds as two stays two on the map; the word is kept.</p>` : nothing
  }

  private apart({ one, other }: Saying): string {
    const metres = this.app.pairing.apart(one, other)
    return Number.isNaN(metres) ? '' : `${length(metres)} apart. `
  }

  private async submit(e: SubmitEvent): Promise<void> {
    e.preventDefault()
    if (this.busy) return
    const { who = '', note = '' } = Object.fromEntries(new FormData(e.target as HTMLFormElement)) as Record<string, string>
    this.app.alerts.who = who
    this.busy = true
    this.requestUpdate()
    try {
      await this.app.pairing.say(who, note)
    } catch (error) {
      this.problem = (error as Error).message
    }
    this.busy = false
    this.requestUpdate()
  }

  private closed(): void {
    if (this.app.pairing.saying) this.app.pairing.drop()
  }

  protected override updated(): void {
    const { saying } = this.app.pairing, dialog = this.querySelector('dialog')!
    if (saying === this.shown) return
    this.shown = saying
    this.problem = ''
    if (!saying) return dialog.close()
    if (!dialog.open) dialog.showModal()
    const who = this.querySelector<HTMLInputElement>('[name=who]')
    ;(who?.value ? this.querySelector<HTMLElement>('.first') : who)?.focus()
  }
}
customElements.define('mh-say', Say)

/** Zones: the list, what is drawn now, and the words about it. */
import { html, nothing, type TemplateResult } from 'lit'
import { SIGNS, URGENCIES } from '../alerts'
import { Panel } from '../element'
import { count } from '../words'
import { KINDS, ruleOf, TYPES, type Draft, type Kind, type Watch, type Zone } from '../zones'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export class ZonesBox extends Panel {
  protected readonly on = ['zones', 'palette']
  private shown: unknown = null

  protected override render(): TemplateResult | typeof nothing {
    const { zones } = this.app
    document.querySelector('main')!.classList.toggle('drawing', Boolean(zones.draft?.drawing))
    if (!zones.open) return nothing
    return html`<section class="zones" role="dialog" aria-label="Zones">
      <div class="dialog-head"><h2>${zones.draft ? (zones.draft.number ? 'Change a zone' : `New ${zones.draft.shape}`) : 'Zones'}</h2><button @click=${() => zones.toggle(false)}>Close (o)</button></div>
      ${zones.draft ? this.draft(zones.draft) : this.list()}
      <p class="hidden" aria-live="polite">${zones.said}</p>
    </section>`
  }

  // the list

  private list(): TemplateResult {
    const { zones } = this.app
    return html`<p class="zone-buttons"><button @click=${() => this.begin('polygon')}>Draw a polygon</button><button @click=${() => this.begin('line')}>Draw a line</button></p>
      ${zones.problem ? html`<p class="problem" role="alert">${zones.problem}</p>` : nothing}
      ${zones.list.length
        ? html`<ul class="zone-rows" aria-label="Zones">${KINDS.map((kind) => this.ofKind(kind, zones.list.filter((z) => z.kind === kind)))}</ul>`
        : html`<p class="empty">No zones yet. Draw one, and the node watches it from now on.</p>`}`
  }

  private ofKind(kind: Kind, zones: Zone[]): TemplateResult | typeof nothing {
    if (!zones.length) return nothing
    return html`<li><h3>${this.swatch(kind)} ${kind} ${count(zones.length)}</h3><ul>${zones.map((z) => html`<li class="zone-row">${this.row(z)}</li>`)}</ul></li>`
  }

  private swatch(kind: Kind): TemplateResult {
    return html`<span class="swatch" aria-hidden="true" .style=${`background: ${this.app.palette.zones[kind]}`}></span>`
  }

  private row(z: Zone): TemplateResult {
    const { zones } = this.app
    if (zones.leaving?.number === z.number) return this.leaving(z)
    return html`<button class="zone-main" title="Show it on the map" @click=${() => this.app.showZone(z)}><bdi class="name">${z.name}</bdi><span class="what">${z.watch ? SIGNS[(z.watch.urgency ?? 'caution') as keyof typeof SIGNS] : '○'} ${ruleOf(z)}</span></button>
      ${z.shape === 'polygon' && this.app.patrol.told?.plan ? html`<button aria-label="Patrol ${z.name}" title="Looked at every so many hours by the patrol" @click=${() => this.app.patrolZone(z.number)}>Patrol …</button>` : nothing}
      ${z.from_file
        ? html`<span class="quiet" title="Change it there and start the node anew">file</span>`
        : html`<button aria-label="Change ${z.name}" @click=${() => this.change(z)}>Change</button><button aria-label="Take away ${z.name}" @click=${() => { zones.problem = ''; zones.leaving = z; this.app.zonesChanged() }}>✕</button>`}` // prettier-ignore
  }

  private leaving(z: Zone): TemplateResult {
    const { zones } = this.app
    return html`<form class="zone-leaving" role="alertdialog" aria-label="Take away ${z.name}?" @submit=${(e: SubmitEvent) => { e.preventDefault(); this.sign(e); void zones.takeAway(this.app.alerts.who) }}>
      <p>Take away <b><bdi>${z.name}</bdi></b>? What goes on by its rule ends.</p>
      ${this.who()}
      <p class="zone-buttons"><button class="warn" ?disabled=${zones.busy}>Take away</button><button type="button" class="first" @click=${() => { zones.leaving = null; this.app.zonesChanged() }}>Keep it</button></p>
    </form>` // prettier-ignore
  }

  private change(z: Zone): void {
    this.app.zones.edit(z)
    void this.updateComplete.then(() => this.app.showZone(z))
  }

  private begin(shape: 'polygon' | 'line'): void {
    this.app.zones.begin(shape)
    this.app.chart.map.getCanvas().focus()
  }

  // one that is drawn or changed

  private draft(d: Draft): TemplateResult {
    const { zones } = this.app, n = zones.corners.length
    const drawing = html`<p>Click its corners on the map; ${zones.done ? html`click the first one again, or <b>Finish</b>.` : html`<b>${zones.least}</b> at least.`}</p>
      <p class="quiet">Without a mouse: arrows move the map, the space bar puts a corner at the cross, Enter finishes, Backspace undoes.</p>
      <p class="zone-buttons"><button class=${zones.done ? 'go' : ''} @click=${() => zones.finish()}>Finish</button><button ?disabled=${!zones.undoable} @click=${() => zones.undo()}>Undo</button><button @click=${() => this.app.cornerMidMap()}>Corner at the cross</button><button @click=${() => zones.drop()}>Cancel</button></p>
      <p class="quiet">${n} corner${n === 1 ? '' : 's'}</p>`
    return html`${d.drawing ? drawing : nothing}
      ${zones.problem ? html`<p class="problem" role="alert">${zones.problem}</p>` : nothing}
      ${this.overtaken()} ${d.drawing ? nothing : this.form(d)}`
  }

  /** Somebody else was faster. */
  private overtaken(): TemplateResult | typeof nothing {
    const { zones } = this.app
    if (!zones.overtaken) return nothing
    const { theirs } = zones
    return html`<div class="problem" role="alert">${theirs ? html`<bdi>${theirs.who}</bdi> has changed this zone meanwhile.` : 'This zone was taken away meanwhile.'}
      <p class="zone-buttons"><button @click=${() => zones.takeTheirs()}>${theirs ? 'Take theirs' : 'Let it go'}</button><button @click=${() => zones.keepMine()}>${theirs ? 'Put mine in its place' : 'Draw it again'}</button></p></div>`
  }

  private form(d: Draft): TemplateResult {
    const { zones } = this.app, w = d.watch ?? {}
    const number = (name: string, value: number | undefined, unit: string, most: number): TemplateResult => html`<input name=${name} type="number" min="0.1" max=${most} step="any" .value=${value ? String(value) : ''} /> ${unit}`
    return html`<form class="zone-form" @submit=${(e: SubmitEvent) => this.submit(e)} @input=${() => this.keep()}>
      <p class="quiet">Drag corners, or the middle of an edge for a new one. Delete removes the chosen corner.</p>
      <label>Name <input name="name" class="first" required maxlength="80" .value=${d.name} /></label>
      <label>Kind <select name="kind" .value=${d.kind}>${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === d.kind}>${kind}</option>`)}</select></label>
      ${d.shape === 'line' ? html`<label>Width <span>${number('width_m', d.width_m, 'm to either side', 50000)}</span></label>` : nothing}
      <fieldset><legend>Tell when a vessel</legend>
        <label class="tick"><input type="checkbox" name="enter" .checked=${Boolean(w.enter)} /> enters</label>
        <label class="tick"><input type="checkbox" name="leave" .checked=${Boolean(w.leave)} /> leaves</label>
        <label class="tick">is faster than ${number('speed_kn', w.speed_kn, 'kn', 102.2)}</label>
        <label class="tick">stays longer than ${number('dwell_min', w.dwell_min, 'min', 2880)}</label>
      </fieldset>
      <label>As <select name="urgency">${URGENCIES.toReversed().map((u) => html`<option value=${u} ?selected=${u === (w.urgency ?? 'caution')}>${SIGNS[u]} ${u}</option>`)}</select></label>
      <details ?open=${Boolean(w.types?.length || w.flags?.length || w.months?.length)}><summary>Only some vessels, only some months</summary>
        <fieldset><legend>Types (none: all)</legend>${TYPES.map((t) => html`<label class="tick"><input type="checkbox" name="types" value=${t} .checked=${Boolean(w.types?.includes(t))} />${t.replace('_', ' ')}</label>`)}</fieldset>
        <label>Flags <input name="flags" placeholder="MIDs such as 431, 432; none: all" pattern="\\s*(\\d{3}\\s*([,;\\s]\\s*|$))*" .value=${(w.flags ?? []).join(', ')} /></label>
        <fieldset><legend>Months (none: all)</legend>${MONTHS.map((m, i) => html`<label class="tick"><input type="checkbox" name="months" value=${i + 1} .checked=${Boolean(w.months?.includes(i + 1))} />${m}</label>`)}</fieldset>
      </details>
      <details><summary>Corners as text</summary>
        <textarea name="corners" rows="5" aria-label="Corners, one a line" spellcheck="false" .value=${zones.text} @change=${(e: Event) => zones.read((e.target as HTMLTextAreaElement).value)}></textarea>
      </details>
      ${this.who()}
      <p class="zone-buttons"><button class="go" ?disabled=${zones.busy || zones.overtaken}>Save</button><button type="button" ?disabled=${!zones.undoable} title="Ctrl-Z" @click=${() => zones.undo()}>Undo</button><button type="button" ?disabled=${d.corner < 0} title="Delete" @click=${() => zones.remove()}>Remove corner</button><button type="button" @click=${() => zones.drop()}>Cancel</button></p>
    </form>`
  }

  private who(): TemplateResult {
    return html`<label>Your name <input name="who" required maxlength="80" autocomplete="name" .value=${this.app.alerts.who} /></label>`
  }
  private sign(e: SubmitEvent): void {
    this.app.alerts.who = String(new FormData(e.target as HTMLFormElement).get('who'))
  }

  /** What is written goes into the draft, so that a redrawn panel shows it again. */
  private keep(): void {
    const form = this.querySelector<HTMLFormElement>('.zone-form'), d = this.app.zones.draft
    if (!form || !d) return
    const f = new FormData(form), number = (name: string): number | undefined => Number(f.get(name)) || undefined
    d.name = String(f.get('name'))
    d.kind = f.get('kind') as Kind
    if (d.shape === 'line') d.width_m = number('width_m') ?? d.width_m
    const watch: Watch = { enter: f.has('enter'), leave: f.has('leave'), speed_kn: number('speed_kn'), dwell_min: number('dwell_min') }
    const some = watch.enter || watch.leave || watch.speed_kn || watch.dwell_min
    const flags = String(f.get('flags')).match(/\d+/g)?.map(Number) ?? []
    const lists = { types: f.getAll('types') as string[], flags, months: f.getAll('months').map(Number) }
    d.watch = some ? { ...watch, ...lists, urgency: String(f.get('urgency')) } : null
    this.app.drawZones()
  }

  private submit(e: SubmitEvent): void {
    e.preventDefault()
    this.keep()
    this.sign(e)
    void this.app.zones.save(this.app.alerts.who)
  }

  /** The focus goes to what is asked for next. */
  protected override updated(): void {
    const { zones } = this.app
    const now = !zones.open ? '' : zones.leaving ? `leaving ${zones.leaving.number}` : zones.draft ? (zones.draft.drawing ? 'drawing' : `form ${zones.draft.number}`) : 'list'
    if (now === this.shown) return
    const before = this.shown
    this.shown = now
    if (now === 'drawing') return
    if (now) (this.querySelector<HTMLElement>('.first') ?? this.querySelector<HTMLElement>('.zone-buttons button'))?.focus()
    else if (before) document.querySelector<HTMLElement>('#zones')?.focus()
  }
}
customElements.define('mh-zones', ZonesBox)

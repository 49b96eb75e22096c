/** The list of vessels: search, filters, order, lock. Only the rows in sight exist as elements. */
import { html, nothing, type TemplateResult } from 'lit'
import { Panel } from '../element'
import { CATEGORIES, DISTRESS, LIVE, SEEN } from '../picture'
import { held, visibleSlots } from '../scene'
import { HOLDS, holdOf, LAYERS, LEARNED, SORTS, STATUSES, type Sort } from '../settings'
import { nameIndex, symbolImage } from '../symbols'
import { bearing, count, knots, roughAge } from '../words'

const ROW_PX = 46
const SORT_EVERY_MS = 2000 // rows must not jump under the finger

export class List extends Panel {
  protected readonly on = ['second', 'filter', 'selection', 'palette', 'list', 'drawn', 'learned']
  /** vessel ids in the order of the list */
  order: number[] = []
  private sortedAt = 0
  private sortedFor = ''
  private followUntil = 0
  private followed = 0 // the chosen vessel that was last brought into sight

  private box(): HTMLElement | null {
    return this.querySelector('.rows')
  }

  /** Order again when a choice changed, else every two seconds; never while the list is locked. */
  private arrange(): void {
    const { settings, picture } = this.app
    const chosen = `${settings.sort}|${settings.search}|${settings.categories}|${settings.holds}|${settings.statuses}`
    const due = performance.now() - this.sortedAt > SORT_EVERY_MS
    if (chosen === this.sortedFor && (settings.locked || !due)) return
    this.sortedAt = performance.now()
    this.sortedFor = chosen
    const words = settings.words
    const slots = Array.from(visibleSlots(picture, settings)).filter((s) => settings.passes(picture, s, words))
    this.order = slots.sort(this.compare(settings.sort)).map((s) => picture.id[s]!)
  }

  /** Distress always comes first; ties by id so that equal rows keep their places. */
  private compare(sort: Sort): (a: number, b: number) => number {
    const p = this.app.picture
    const key: Record<Sort, (s: number) => number> = {
      name: () => 0,
      age: (s) => p.lastHeard(s) || 0,
      speed: (s) => -(p.speed[s]! >= 0 ? p.speed[s]! : -1),
      category: (s) => p.category[s]!,
    }
    const by = key[sort]
    const name = (s: number): string => (p.name[s]!.startsWith('#') ? '\uffff' : '') + p.name[s]!
    const names = Array.from({ length: p.count }, (_, s) => name(s))
    return (a, b) => {
      const loud = Number(p.category[b] === DISTRESS) - Number(p.category[a] === DISTRESS)
      if (loud) return loud
      const d = by(a) - by(b)
      if (d) return d
      const x = names[a]!, y = names[b]!
      return x < y ? -1 : x > y ? 1 : p.id[a]! - p.id[b]!
    }
  }

  private image(slot: number): string {
    const { picture: p, chart } = this.app
    return symbolImage(chart.atlas, chart.atlas.names[nameIndex(Math.min(10, p.category[slot]!), held(p.source[slot]!), 1, Math.min(2, p.status[slot]!))]!, 30)
  }

  /** A vessel that was chosen on the map comes into sight here too. */
  protected override updated(): void {
    const { selected } = this.app.settings
    if (selected !== this.followed) this.followUntil = performance.now() + SORT_EVERY_MS + 500 // once more after the next sorting
    else if (performance.now() > this.followUntil) return
    this.followed = selected
    const at = this.order.indexOf(selected)
    if (at >= 0) this.bringIntoSight(at)
  }

  private bringIntoSight(at: number): void {
    const box = this.box()!
    if (at * ROW_PX < box.scrollTop) box.scrollTop = at * ROW_PX
    else if ((at + 1) * ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = (at + 1) * ROW_PX - box.clientHeight
  }

  protected override render(): TemplateResult {
    this.arrange()
    const { settings, picture } = this.app
    return html`
      <div class="search">
        <label class="hidden" for="search">Search by name, MMSI, call sign or number</label>
        <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="Name, MMSI, call sign, #id   ( / )"
          .value=${settings.search} @input=${(e: InputEvent) => this.search((e.target as HTMLInputElement).value)} @keydown=${this.onSearchKey} />
      </div>
      ${this.filters()}
      <div class="list-head">
        <span role="status"><b>${count(this.order.length)}</b>${settings.filtering ? html` of ${count(picture.count)}` : html` vessels`}</span>
        ${settings.filtering ? html`<button class="warn" @click=${() => settings.clearFilters()}>Clear filters</button>` : nothing}
        <span class="space"></span>
        <label><span class="hidden">Order</span><select aria-label="Order of the list" .value=${settings.sort} @change=${this.onSort}>${SORTS.map((s) => html`<option value=${s} ?selected=${s === settings.sort}>by ${s}</option>`)}</select></label>
        <button aria-pressed=${settings.locked} title="Keep the rows where they are (l)" @click=${() => this.lock()}>${settings.locked ? 'Locked' : 'Lock'}</button>
      </div>
      <div class="rows" tabindex="0" role="listbox" aria-label="Vessels" aria-activedescendant=${`row-${settings.selected}`} @scroll=${() => this.requestUpdate()} @keydown=${this.onRowKey}>
        ${this.rows()}
      </div>
    `
  }

  private rows(): TemplateResult {
    const box = this.box(), top = box?.scrollTop ?? 0, height = box?.clientHeight ?? 600
    const from = Math.max(0, Math.floor(top / ROW_PX) - 2), to = Math.min(this.order.length, Math.ceil((top + height) / ROW_PX) + 2)
    const empty = this.app.picture.count ? 'No vessel passes the filters.' : 'No vessels in the picture yet.'
    return html`<div class="rows-all" .style=${`height: ${this.order.length * ROW_PX}px`}>
      ${this.order.length ? nothing : html`<p class="empty">${empty}</p>`}
      ${this.order.slice(from, to).map((id, i) => this.row(id, from + i))}
    </div>`
  }

  private row(id: number, index: number): TemplateResult {
    const { picture: p, settings, ageNow } = this.app
    const s = p.slotOf.get(id), style = `top: ${index * ROW_PX}px` // set as a property: the page allows no inline style attributes
    if (s === undefined) return html`<div class="row gone" role="option" aria-selected="false" .style=${style}><span></span><div class="line"><b>#${id}</b></div><div class="line what">gone from the picture</div></div>`
    const status = p.status[s]!, loud = p.category[s] === DISTRESS
    const heard = p.lastHeard(s), old = Number.isNaN(heard) && p.source[s]! & SEEN ? 'seen' : roughAge(ageNow - heard)
    const what = `${p.mmsi[s] && p.name[s] !== String(p.mmsi[s]).padStart(9, '0') ? `${String(p.mmsi[s]).padStart(9, '0')} · ` : ''}${CATEGORIES[Math.min(10, p.category[s]!)]} · ${HOLDS[holdOf(p.source[s]!)]}${p.source[s]! & SEEN && holdOf(p.source[s]!) !== HOLDS.indexOf('seen only') ? ' · seen' : ''}`
    return html`<div id=${`row-${id}`} class="row ${status === LIVE ? '' : 'old'} ${loud ? 'loud' : ''}" role="option" aria-selected=${settings.selected === id} .style=${style}
      @click=${() => this.app.take(id)}>
      <img src=${this.image(s)} width="30" height="30" alt="" />
      <div class="line"><b class="name">${p.name[s]}</b><span class="figures">${p.underWay(s) ? html`${knots(p.speed[s]!)} ${bearing(p.course[s]!)}` : Number.isNaN(p.speed[s]!) ? '–' : 'still'}</span></div>
      <div class="line"><span class="what">${what}</span><span class="age">${status === LIVE ? old : `${STATUSES[Math.min(2, status)]} ${old}`}</span></div>
    </div>`
  }

  private filters(): TemplateResult {
    const { settings } = this.app
    const toggles = (title: string, names: readonly string[], on: boolean[], skip: readonly string[] = []): TemplateResult => html`<fieldset>
      <legend>${title}</legend>
      ${names.map((name, i) =>
        skip.includes(name) ? nothing : html`<button aria-pressed=${on[i]!} @click=${() => this.toggle(on, i)}>${name}</button>`,
      )}
    </fieldset>`
    return html`<details class="filters">
      <summary>Filters and layers</summary>
      ${toggles('Type', CATEGORIES, settings.categories, ['distress'])} ${toggles('Held by', HOLDS, settings.holds)} ${toggles('State', STATUSES, settings.statuses)}
      <fieldset>
        <legend>On the map</legend>
        ${LAYERS.filter((layer) => (layer !== 'mesh' || this.app.health?.mesh) && (layer !== 'patrol' || this.app.patrol.there) && ((layer !== 'assets' && layer !== 'tasks') || this.app.assets.list.length)).map((layer) => html`<button aria-pressed=${settings.layers.has(layer)} @click=${() => this.toggleLayer(layer)}>${layer}</button>`)}
        <label>vectors <select aria-label="Length of vectors" @change=${this.onVector}>${[3, 6, 12, 30].map((m) => html`<option value=${m} ?selected=${m === settings.vector_min}>${m} min</option>`)}</select></label>
      </fieldset>
      <fieldset class="one">
        <legend>Learned of this coast</legend>
        ${LEARNED.map((layer) => html`<button aria-pressed=${settings.learned === layer} @click=${() => this.choose(layer)}>${layer}</button>`)}
        ${this.app.learned.told ? html`<span class="quiet" id="learned" role="status">${this.app.learned.told}</span>` : nothing}
      </fieldset>
    </details>`
  }

  private search(text: string): void {
    this.app.settings.search = text
    this.app.settings.changed('filter')
    this.box()?.scrollTo(0, 0)
  }
  private toggle(on: boolean[], i: number): void {
    on[i] = !on[i]
    this.app.settings.changed('filter')
  }
  private toggleLayer(layer: (typeof LAYERS)[number]): void {
    const { layers } = this.app.settings
    if (!layers.delete(layer)) layers.add(layer)
    this.app.settings.changed('layers')
    this.requestUpdate()
  }
  private choose(layer: (typeof LEARNED)[number]): void {
    this.app.settings.learned = this.app.settings.learned === layer ? '' : layer
    this.app.settings.changed('learned')
  }
  lock(): void {
    this.app.settings.locked = !this.app.settings.locked
    this.app.settings.changed('list')
  }
  private readonly onSort = (e: Event): void => {
    this.app.settings.sort = (e.target as HTMLSelectElement).value as Sort
    this.app.settings.changed('list')
  }
  private readonly onVector = (e: Event): void => {
    this.app.settings.vector_min = Number((e.target as HTMLSelectElement).value)
    this.app.settings.changed('layers')
  }
  private readonly onSearchKey = (e: KeyboardEvent): void => {
    if (e.key === 'Enter' && this.order[0]) this.app.take(this.order[0])
    if (e.key === 'ArrowDown') this.box()?.focus()
  }
  private readonly onRowKey = (e: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 }[e.key]
    if (!step || !this.order.length) return
    e.preventDefault()
    const at = this.order.indexOf(this.app.settings.selected)
    const to = Math.max(0, Math.min(this.order.length - 1, at + step))
    this.app.goTo(this.order[to]!) // the list follows
  }
}
customElements.define('mh-list', List)

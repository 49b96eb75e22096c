/** "Who was here?" on the map: vessels of the last hour around a place; a click chooses one, or draws where it went. */
import { html, nothing, type TemplateResult } from 'lit'
import { Panel } from '../element'
import { RADIUS_M, SPAN_S, type Visitor } from '../nearby'
import { count, length, place, roughAge, when } from '../words'

const ROWS_MAX = 200 // in a harbour; nearer ones first

export class NearbyBox extends Panel {
  protected readonly on = ['nearby', 'second', 'past', 'selection']
  private opener: HTMLElement | null = null
  private shown: unknown = null

  protected override render(): TemplateResult | typeof nothing {
    const { nearby } = this.app
    if (!nearby.at) return nothing
    this.turnAway()
    return html`<section class="nearby ${this.away}" role="dialog" aria-label="Who was here?">
      <div class="dialog-head"><h2>Who was here?</h2><button @click=${() => nearby.close()}>Close (Esc)</button></div>
      <p><button id="report-here" @click=${() => this.app.report({ lat: nearby.at!.lat, lng: nearby.at!.lon })}>Report what was seen here …</button>${this.app.patrol.there ? html` <button id="look-here" @click=${() => this.app.patrolLook(0, { lat: nearby.at!.lat, lng: nearby.at!.lon })}>Patrol: look here …</button>` : nothing}</p>
      <p class="quiet">${place(nearby.at.lat, nearby.at.lon)}<br />within ${RADIUS_M / 1000} km, ${when(nearby.until - SPAN_S, nearby.until)} to ${when(nearby.until, nearby.until)} UTC</p>
      <div class="nearby-rows" aria-live="polite">${nearby.problem ? html`<p class="problem">${nearby.problem}</p>` : nearby.visitors ? this.rows(nearby.visitors) : html`<p>Asking the archive …</p>`}</div>
    </section>`
  }

  /** On the side of the map where it does not hide the place. */
  private away = ''
  private turnAway(): void {
    const { nearby, chart } = this.app
    if (nearby.at && nearby.at !== this.shown) this.away = chart.toScreen(nearby.at.lat, nearby.at.lon)[0] < chart.map.getContainer().clientWidth / 2 ? 'on-right' : ''
  }

  private rows(visitors: Visitor[]): TemplateResult {
    if (!visitors.length) return html`<p>Nobody, as far as the archive knows.</p>`
    const p = this.app.picture, byMmsi = new Map<number, number>()
    for (let s = 0; s < p.count; s++) if (p.mmsi[s]) byMmsi.set(p.mmsi[s]!, p.id[s]!)
    const idOf = (v: Visitor): number => (v.mmsi ? byMmsi.get(v.mmsi) : v.numbered && p.slotOf.has(v.vessel) ? v.vessel : 0) ?? 0
    return html`<ul>${visitors.slice(0, ROWS_MAX).map((v) => html`<li>${this.row(v, idOf(v))}</li>`)}</ul>
      ${visitors.length > ROWS_MAX ? html`<p class="quiet">and ${count(visitors.length - ROWS_MAX)} further away</p>` : nothing}`
  }

  /** `id`: its number in the picture, 0 when it is not there. */
  private row(v: Visitor, id: number): TemplateResult {
    const { settings, past, nearby } = this.app
    const name = (id && this.app.picture.name[this.app.picture.slotOf.get(id)!]) || v.name || (v.mmsi ? v.who : `radar only, ${v.who}`)
    const chosen = id ? settings.selected === id : past.subject?.who === v.who && past.subject.vessel === 0
    const known = v.mmsi > 0 || v.numbered // else its number is another vessel's now
    const stay = v.last - v.first < 60 ? '' : `, here ${when(v.first, nearby.until, 5)} to ${when(v.last, nearby.until, 5)}`
    return html`<button aria-pressed=${chosen} ?disabled=${!known} title=${id ? 'In the picture: choose it' : known ? 'Not in the picture now: draw its last hour' : 'Seen before the node was started anew'} @click=${() => this.choose(v, id, name)}>
      <span class="line"><b class="name">${name}</b><span>${length(v.distance)}</span></span>
      <span class="line what"><span>${roughAge(nearby.until - v.time)} ago, ${when(v.time, nearby.until, 5)}${stay}</span><span>${id ? '' : 'gone'}</span></span>
    </button>`
  }

  private choose(v: Visitor, id: number, name: string): void {
    if (id) return this.app.goTo(id)
    this.app.settings.select(0)
    this.app.past.toggle({ who: v.who, name, vessel: 0 }, SPAN_S)
  }

  /** The focus goes in when it opens and back when it closes. */
  protected override updated(): void {
    const { at } = this.app.nearby
    if (at === this.shown) return
    if (at && !this.shown) this.opener = document.activeElement as HTMLElement | null
    if (at) this.querySelector('button')?.focus()
    else this.opener?.focus()
    this.shown = at
  }
}
customElements.define('mh-nearby', NearbyBox)

/** Foot of the map: place under the cursor, the measuring line, the coastline's notice. */
import { html, nothing, type TemplateResult } from 'lit'
import { Panel } from '../element'
import { inverse, RAD } from '../geo'
import { bearing, length, place } from '../words'

export class Foot extends Panel {
  protected readonly on = ['second', 'cursor', 'measure']

  protected override render(): TemplateResult {
    const { cursor } = this.app
    return html`<span class="cursor" title="Place under the cursor">${cursor ? place(cursor.lat, cursor.lng) : '––°––.–––′ –––°––.–––′'}</span>
      ${this.measure()}
      <span class="space"></span><span class="quiet notice-text">Coastline GSHHG (LGPL). Not for navigation.</span>`
  }

  private measure(): TemplateResult | typeof nothing {
    const points = this.app.chart.measured()
    if (!points.length) return nothing
    if (points.length === 1) return html`<span class="measure">Ctrl-click the next point (Esc ends)</span>`
    const legs = points.slice(1).map((p, i) => inverse(...points[i]!, ...p)), last = legs.at(-1)!
    const sum = legs.reduce((a, l) => a + l.distance, 0)
    return html`<span class="measure"><b>${length(last.distance)}</b> on <b>${bearing(last.bearing_deg * RAD)}</b>${legs.length > 1 ? html`, all <b>${length(sum)}</b>` : nothing} (Esc ends)</span>`
  }
}
customElements.define('mh-foot', Foot)

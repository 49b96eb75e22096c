/** Over the map: what people told, and the form in which somebody tells what was seen, as the badge in the bar or `r` opens it. */
import { html, nothing, type TemplateResult } from 'lit'
import { sentence } from '../answer'
import { Panel } from '../element'
import { aboutOf, briefly, courseOf, SD_M, speedOf, type Draft, type Report } from '../reports'
import { symbolImage } from '../symbols'
import { count, place, roughAge, when } from '../words'

const ROWS_MAX = 100
const AGO_MAX_MIN = 1440

export class ReportsBox extends Panel {
  protected readonly on = ['reports', 'second', 'palette']
  private shown: unknown = null
  private opener: HTMLElement | null = null

  protected override render(): TemplateResult | typeof nothing {
    const { reports } = this.app, { draft } = reports
    if (!reports.open) return nothing
    return html`<section class="zones reports" role="dialog" aria-label="Reports">
      <div class="dialog-head"><h2>${draft ? (draft.id ? 'Correct a report' : 'What was seen') : 'Reports'}</h2><button @click=${() => reports.toggle(false)}>Close (r)</button></div>
      ${reports.deaf ? html`<p class="problem" role="alert">${sentence(reports.deaf)}</p>` : nothing}
      ${draft ? this.form(draft) : this.list()}
      <p class="hidden" aria-live="polite">${reports.said}</p>
    </section>`
  }

  // the list

  private list(): TemplateResult {
    const { reports } = this.app, newest = reports.list.toReversed()
    return html`<p class="zone-buttons"><button class="go" ?disabled=${Boolean(reports.deaf)} @click=${() => this.app.report()}>Report what was seen …</button></p>
      ${reports.said ? html`<p id="report-said">${reports.said}</p>` : nothing}
      ${newest.length
        ? html`<ul class="asset-rows" aria-label="Reports, the newest first">${newest.slice(0, ROWS_MAX).map((r) => html`<li>${this.row(r)}</li>`)}</ul>`
        : html`<p class="empty">Nobody has reported anything in the last 12 hours.</p>`}
      ${newest.length > ROWS_MAX ? html`<p class="quiet">and ${count(newest.length - ROWS_MAX)} older ones</p>` : nothing}`
  }

  private row(r: Report): TemplateResult {
    const { reports, chart, ageNow } = this.app, chosen = reports.chosen === r.id
    return html`<button class="asset-main" data-report=${r.id} aria-pressed=${chosen} @click=${() => this.app.chooseReport(chosen ? '' : r.id)}>
        <img src=${symbolImage(chart.atlas, 'report', 26)} width="26" height="26" alt="" />
        <span class="two"><bdi class="name">${briefly(r)}</bdi><span class="what"><bdi>${r.who}</bdi>, ${roughAge(ageNow - r.time)} ago, ${aboutOf(r.sd_m)}</span></span>
      </button>
      ${chosen ? this.page(r) : nothing}`
  }

  private page(r: Report): TemplateResult {
    const line = (name: string, value: string): TemplateResult | typeof nothing => (value ? html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>` : nothing)
    return html`<dl class="report-page">
        ${line('Said', r.what)} ${line('Seen by', r.who)} ${line('At', `${when(r.time, this.app.now)} UTC`)} ${line('Kind', r.kind)} ${line('Lights', r.lights)} ${line('Course', courseOf(r))} ${line('Speed', speedOf(r))}
        ${line('Place', `${place(r.lat_deg, r.lon_deg)} ${aboutOf(r.sd_m)}`)} ${line('Came by', r.feed)}
      </dl>
      <p class="zone-buttons"><button @click=${() => this.app.showReport(r)}>Show</button><button ?disabled=${Boolean(this.app.reports.deaf)} @click=${() => this.app.reports.correct(r)}>Correct …</button></p>`
  }

  // the form

  private form(d: Draft): TemplateResult {
    const { reports } = this.app
    return html`<form class="zone-form" aria-label="What was seen" @submit=${(e: SubmitEvent) => this.submit(e)}>
      ${reports.said ? html`<p>${reports.said}</p>` : nothing}
      <label class="tall">What <textarea name="text" class="first" rows="2" required maxlength="2000" placeholder="fishing boat, no lights, heading 090 at 8 knots" .value=${d.text}></textarea></label>
      <div class="zone-buttons" role="group" aria-label="Where">
        <button type="button" aria-pressed=${d.by === 'map'} @click=${() => reports.tellBy('map')}>Place on the map</button><button type="button" aria-pressed=${d.by === 'words'} @click=${() => reports.tellBy('words')}>Place in words</button>
      </div>
      ${d.by === 'map' ? this.onMap(d) : this.inWords(d)}
      <label>Seen <span><input name="ago" type="number" min="0" max=${AGO_MAX_MIN} step="1" required .value=${String(d.ago_min)} /> minutes ago</span></label>
      <label>Seen by <input name="who" required maxlength="80" autocomplete="name" .value=${d.who} /></label>
      ${reports.problem ? html`<p class="problem" role="alert">${reports.problem}</p>` : nothing}
      <p class="zone-buttons"><button class="go" ?disabled=${reports.busy || Boolean(reports.deaf) || (d.by === 'map' && !d.at)}>${d.id ? 'Correct it' : 'Report it'}</button><button type="button" @click=${() => reports.drop()}>Cancel (Esc)</button></p>
      ${reports.hears ? html`<p class="quiet">It goes to <bdi>${reports.hears}</bdi>, as from a crew's telephone: it supports a vessel that is held there, and is on the map either way.</p>` : nothing}
    </form>`
  }

  private onMap(d: Draft): TemplateResult {
    const { reports } = this.app, own = SD_M.some((sd) => sd === d.sd_m) ? [] : [d.sd_m]
    return html`<div class="goal"><p>Where: ${d.at ? html`<b>${place(...d.at)}</b>` : 'nothing yet'}</p>
        ${d.picking ? html`<p class="quiet" id="asked-where">Click the place on the map. Without a mouse: arrows move the map, the space bar puts it at the cross.</p>` : nothing}
        <p class="zone-buttons">${d.picking ? html`<button type="button" @click=${() => this.app.cornerMidMap()}>Place at the cross</button>` : html`<button type="button" @click=${() => reports.pick()}>Another place</button>`}</p></div>
      <label>Sure to <select name="sd" title="One standard deviation" @change=${(e: Event) => reports.widen(Number((e.target as HTMLSelectElement).value))}>${[...own, ...SD_M].map((sd) => html`<option value=${sd} ?selected=${sd === d.sd_m}>${aboutOf(sd)}</option>`)}</select></label>`
  }

  private inWords(d: Draft): TemplateResult {
    const { points } = this.app.reports
    return html`<label>Where <input name="place" required maxlength="200" placeholder="3 miles north-west of ${points[0] ?? 'NAME'}" .value=${d.place} /></label>
      <p class="quiet">${points.length ? html`From <bdi>${points.slice(0, 8).join(', ')}</bdi>${points.length > 8 ? ' and others' : ''}; or` : 'As'} latitude and longitude, 26 12.5 N 127 40.2 E. How it is said tells how well it is known.</p>`
  }

  private submit(e: SubmitEvent): void {
    e.preventDefault()
    const f = new FormData(e.target as HTMLFormElement), told = (name: string): string => String(f.get(name) ?? '')
    const { draft } = this.app.reports
    if (draft && !draft.id) this.app.alerts.who = told('who')
    if (draft) Object.assign(draft, { text: told('text'), who: told('who'), place: told('place') || draft.place })
    void this.app.reports.send({ text: told('text'), who: told('who'), place: told('place'), ago_min: Number(told('ago')) })
  }

  /** The focus goes in when it opens and into the form, and back when it closes. */
  protected override updated(): void {
    const { open, draft } = this.app.reports, now = draft ?? open
    if (now === this.shown) return
    const before = this.shown
    this.shown = now
    if (open && !before) this.opener = document.activeElement as HTMLElement | null
    if (draft) this.querySelector<HTMLElement>('.first')?.focus({ preventScroll: true })
    else if (open) this.querySelector<HTMLElement>('.zone-buttons button')?.focus({ preventScroll: true })
    else if (before) (this.opener?.isConnected ? this.opener : document.querySelector<HTMLElement>('#reports'))?.focus()
  }
}
customElements.define('mh-reports', ReportsBox)

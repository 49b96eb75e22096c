/** Top bar: which node, is it live, what time is it, palettes. */
import { html, nothing, type TemplateResult } from 'lit'
import { SIGNS } from '../alerts'
import { Panel } from '../element'
import { PALETTE_NAMES } from '../palettes'
import { COASTING, DISTRESS, FADED } from '../picture'
import type { AlertList } from './alerts'
import { age, clock, count, day, roughAge } from '../words'

const OFF_CLOCK_S = 10 // the picture's time is then not the wall's: a replay, or a wrong clock

export class Bar extends Panel {
  protected readonly on = ['second', 'node', 'palette', 'link', 'health', 'feeds', 'alerts', 'zones', 'tasks', 'assets', 'reports', 'patrol', 'library', 'cases']

  private get liveness(): { word: string; kind: string; title: string } {
    const { link, now } = this.app
    if (!link.everHeard) return { word: 'CONNECTING', kind: 'caution', title: 'No frame has come yet' }
    if (link.stale) return { word: `STALE ${age(Math.max(link.silence_s, link.standstill_s))}`, kind: 'alarm', title: 'The picture is old' }
    const off = Date.now() / 1000 - now
    if (Math.abs(off) > OFF_CLOCK_S) return { word: off > 0 ? `${roughAge(off)} BEHIND` : 'CLOCKS DIFFER', kind: 'caution', title: `The picture's time is ${age(Math.abs(off))} ${off > 0 ? 'behind' : 'ahead of'} this computer's clock: a replay, a slow screen, or a wrong clock` }
    return { word: 'LIVE', kind: 'good', title: 'Frames are coming in' }
  }

  /** The gravest that stands: alarms, else warnings, else a feed that is not well by itself. */
  private get health(): { word: string; kind: string } {
    const standing = this.app.health?.alarms.filter((a) => a.until === null) ?? []
    const alarms = standing.filter((a) => a.severity === 'alarm').length, warnings = standing.length - alarms
    const many = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 'S'}`
    if (alarms) return { word: `✕ ${many(alarms, 'ALARM')}${warnings ? ` +${warnings}` : ''}`, kind: 'alarm' }
    if (warnings) return { word: `▲ ${many(warnings, 'WARNING')}`, kind: 'caution' }
    return { word: this.app.health ? '● HEALTH' : 'HEALTH', kind: 'good' }
  }

  /** How many alerts call for somebody, with the sign of the gravest; it flashes until they are acknowledged. */
  private alerts(): TemplateResult | typeof nothing {
    const { alerts } = this.app
    if (!alerts.kept) return nothing
    const calling = alerts.counts.calling ?? alerts.calling.length, worst = alerts.calling[0]?.urgency ?? 'warning'
    const open = alerts.open.length
    const word = calling ? `${SIGNS[worst]} ${calling} TO ACK` : open ? `${open} ALERT${open === 1 ? '' : 'S'}` : 'NO ALERTS'
    const kind = !calling ? 'good' : worst === 'warning' ? 'caution' : 'alarm'
    return html`<button class="badge ${kind} ${calling ? 'flashing' : ''}" id="alerts" title="${calling} not acknowledged, ${open} open (a)" @click=${() => document.querySelector<AlertList>('mh-alerts')?.focusFirst()}>${word}</button>`
  }

  private zones(): TemplateResult | typeof nothing {
    const { zones } = this.app
    if (!zones.kept) return nothing
    return html`<button class="badge good" id="zones" aria-pressed=${zones.open} title="Zones: list, draw, change (o)" @click=${() => zones.toggle()}>${zones.list.length} ZONE${zones.list.length === 1 ? '' : 'S'}</button>`
  }

  /** What waits for an operator's word, else what is under way. */
  private tasks(): TemplateResult | typeof nothing {
    const { tasks, assets } = this.app, open = tasks.underWay.length, { proposed } = tasks
    if (!assets.list.length && !open) return nothing
    const word = proposed ? `? ${proposed} TO ACCEPT` : open ? `${open} TASK${open === 1 ? '' : 'S'}` : `${assets.list.length} OURS`
    return html`<button class="badge ${proposed ? 'caution' : 'good'}" id="tasks" aria-pressed=${tasks.open} title="${assets.list.length} vehicles, cameras and crews; ${open} tasks, of which ${proposed} wait for an operator (t)" @click=${() => tasks.toggle()}>${word}</button>`
  }

  private reports(): TemplateResult {
    const { reports } = this.app, n = reports.list.length
    return html`<button class="badge good" id="reports" aria-pressed=${reports.open} title="What people told in the last 12 h; report what was seen (r)" @click=${() => this.app.toggleReports()}>${n ? `${n} ` : ''}REPORT${n === 1 ? '' : 'S'}</button>`
  }

  private desks(): TemplateResult | typeof nothing {
    const { library, cases, alerts } = this.app
    if (!alerts.kept) return nothing
    const n = cases.openOnes
    return html`<button class="badge good" id="library" aria-pressed=${library.open} title="Library: patterns, what they told, who shared them (b)" @click=${() => this.app.toggleLibrary()}>LIBRARY</button>
      <button class="badge good" id="cases" aria-pressed=${cases.open} title="Cases: ${n} open (e)" @click=${() => this.app.toggleCases()}>${n ? `${n} ` : ''}CASE${n === 1 ? '' : 'S'}</button>`
  }

  /** How much of what is demanded is fresh; what is not right with the patrol. */
  private patrol(): TemplateResult | typeof nothing {
    const { patrol } = this.app, { told, fresh } = patrol
    if (!patrol.there) return nothing
    const ill = Boolean(told?.problem || patrol.problem) || told?.state === 'over'
    const word = told?.progress.doing ? `PLANNING ${Math.round(100 * told.progress.share)} %` : ill ? '▲ PATROL' : Number.isNaN(fresh) ? 'PATROL' : `PATROL ${Math.round(100 * fresh)} % FRESH`
    return html`<button class="badge ${ill ? 'caution' : 'good'}" id="patrol" aria-pressed=${patrol.open} title="Patrol: who is out when, how old looks are, what if (p)" @click=${() => this.app.togglePatrol()}>${word}</button>`
  }

  private counts(): TemplateResult {
    const p = this.app.picture
    let coasting = 0, faded = 0, distress = 0
    for (let s = 0; s < p.count; s++) {
      if (p.category[s] === DISTRESS) distress++
      if (p.status[s] === COASTING) coasting++
      else if (p.status[s] === FADED) faded++
    }
    return html`<span class="counts"
      ><b>${count(p.count)}</b> vessels${coasting ? html` · <b>${count(coasting)}</b> coasting` : ''}${faded ? html` · <b>${count(faded)}</b> faded` : ''}
      ${distress ? html`<strong class="badge alarm">${distress} DISTRESS</strong>` : ''}</span
    >`
  }

  protected override render(): TemplateResult {
    const { node, settings, now } = this.app
    const live = this.liveness, health = this.health
    return html`
      <span class="brand">Mihari</span>
      <h1 class="node">${node?.name ?? '…'}</h1>
      ${node?.exercise ? html`<strong class="badge caution">EXERCISE</strong>` : ''}
      ${this.counts()}
      <span class="space"></span>
      ${this.desks()} ${this.patrol()} ${this.reports()} ${this.tasks()} ${this.zones()} ${this.alerts()}
      <button class="badge ${health.kind}" id="health" title="Alarms, feeds, clocks, archive (h)" @click=${() => document.dispatchEvent(new CustomEvent('health'))}>${health.word}</button>
      <strong class="badge ${live.kind}" id="liveness" title=${live.title}>${live.word}</strong>
      <span class="palettes" role="group" aria-label="Palette (n)">
        ${PALETTE_NAMES.map(
          (name) => html`<button aria-pressed=${settings.palette === name} @click=${() => this.choose(name)}>${name}</button>`,
        )}
      </span>
      <time class="clock" title="Time of the picture, UTC"><span class="quiet">${day(now)}</span> <b>${clock(now)}</b> UTC</time>
      <button class="round" aria-label="Help and keys (?)" @click=${() => document.dispatchEvent(new CustomEvent('help'))}>?</button>
    `
  }

  private choose(name: (typeof PALETTE_NAMES)[number]): void {
    this.app.settings.palette = name
    this.app.settings.changed('palette')
  }
}
customElements.define('mh-bar', Bar)

/** How the node is: alarms, queue, clock, archive, and each feed with its stations and what was refused. Opened from the bar. */
import { html, nothing, type TemplateResult } from 'lit'
import { Panel } from '../element'
import type { AlarmInfo, FeedInfo, NodeHealth, StationInfo } from '../app'
import { age, bytes, clock, count, day, length, offset, roughAge, share } from '../words'
import { feedSign, reasons } from './feeds'
import { meshSection } from './mesh'

const LATE_S = 1 // a picture further behind than this is worth a look

export class Health extends Panel {
  protected readonly on = ['second', 'feeds', 'health']
  private opener: HTMLElement | null = null
  open = false

  toggle(): void {
    this.open = !this.open
    if (this.open) this.opener = document.activeElement as HTMLElement | null
    this.requestUpdate()
    void this.updateComplete.then(() => (this.open ? this.querySelector<HTMLElement>('button')?.focus() : this.opener?.focus()))
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.open) return nothing
    const { health, feeds } = this.app
    return html`<section class="health" role="dialog" aria-label="Health of the node">
      <div class="dialog-head"><h2>Health</h2><button @click=${() => this.toggle()}>Close (Esc)</button></div>
      <div class="health-body" tabindex="0" role="region" aria-label="Details">
        ${health ? html`${this.alarms(health)}${this.node(health)}${health.mesh ? meshSection(health.mesh, health) : nothing}` : html`<p class="empty">The node has not told how it is yet.</p>`}
        ${feeds.map((feed) => this.feed(feed))}
      </div>
    </section>`
  }

  private alarms(health: NodeHealth): TemplateResult {
    const standing = health.alarms.filter((a) => a.until === null), over = health.alarms.filter((a) => a.until !== null)
    return html`
      ${standing.length ? html`<ul class="health-alarms">${standing.map((a) => this.alarm(a))}</ul>` : html`<p class="well"><span class="good-text" aria-hidden="true">●</span> No alarm stands.</p>`}
      ${over.length
        ? html`<details class="over"><summary>${over.length} ended within the last day</summary>
            <table><tbody>${over.map((a) => html`<tr><td class="when">${this.when(a.since)} to ${this.when(a.until!)}</td><td>${a.text}</td></tr>`)}</tbody></table>
          </details>`
        : nothing}`
  }

  private alarm(a: AlarmInfo): TemplateResult {
    const loud = a.severity === 'alarm'
    return html`<li class=${loud ? 'loud' : 'warning'}>
      <b><span aria-hidden="true">${loud ? '✕' : '▲'}</span> ${loud ? 'Alarm' : 'Warning'}</b><span>${a.text}</span>
      <span class="when">since ${this.when(a.since)}, ${roughAge(this.wall(a.since))}</span>
    </li>`
  }

  /** Ages of what the node's own clock has stamped count by that clock. */
  private wall(since: number): number {
    return (this.app.health?.time ?? NaN) - since
  }

  private when(time: number): string {
    return this.wall(time) < 43200 ? clock(time) : `${day(time)} ${clock(time)}`
  }

  private node(h: NodeHealth): TemplateResult {
    const late = h.lag_s > LATE_S, full = h.queue_limit ? h.queue_rows / h.queue_limit : 0
    return html`<div class="cards">
      <div class="card"><h3>Picture</h3>
        <p class="figure">${late ? html`<span class="caution-text">▲ ${age(h.lag_s)} behind</span>` : 'up to date'}</p>
        <p>${count(h.vessels)} vessels</p><p class="quiet">${count(h.reports)} reports, ${count(h.plots)} of them plots, in ${count(h.sectors)} sectors</p></div>
      <div class="card"><h3>Queue</h3>
        <p class="figure">${count(h.queue_rows)} ${h.queue_rows === 1 ? 'report' : 'reports'}</p>
        <p class="quiet">of ${count(h.queue_limit)}: ${share(full)}; ${h.lag_s < 0.1 ? 'taken in at once' : `${h.lag_s.toFixed(1)} s until taken in`}</p></div>
      <div class="card"><h3>This computer's clock</h3>${this.ownClock(h)}</div>
      <div class="card"><h3>Archive</h3>${this.archive(h)}</div>
      ${h.alerts ? html`<div class="card"><h3>Records of alerts</h3>${this.records(h.alerts)}</div>` : nothing}
    </div>`
  }

  private ownClock(h: NodeHealth): TemplateResult {
    const { offset_s, jumps, jumped_s, jumped_at } = h.clock
    const wrong = h.alarms.some((a) => a.key === 'clock' && a.until === null)
    return html`<p class="figure">${offset_s === null ? 'not compared' : wrong ? html`<span class="alarm-text">✕ ${offset(offset_s)}</span>` : offset(offset_s)}</p>
      <p class="quiet">${offset_s === null ? 'no ship has told the second yet' : 'against the second that ships tell'}</p>
      ${jumped_at === null ? nothing : html`<p>jumped ${offset(jumped_s)} at ${this.when(jumped_at)}${jumps > 1 ? `, ${jumps} times in all` : ''}</p>`}`
  }

  private archive({ archive, older }: NodeHealth): TemplateResult {
    if (!archive) return html`<p class="figure">off</p><p class="quiet">nothing is kept</p>`
    const stopped = archive.state === 'stopped'
    return html`<p class="figure">${stopped ? html`<span class="alarm-text">✕ stopped</span>` : archive.state}</p>
      ${archive.problem ? html`<p class="problem">${archive.problem}</p>` : nothing}
      <p class="quiet">${count(archive.rows ?? 0)} reports, ${bytes(archive.used_bytes || archive.bytes_written || 0)}; ${bytes(archive.free_bytes ?? 0)} free${stopped ? '' : `, ${(archive.lag ?? 0).toFixed(1)} s behind`}</p>
      ${older ? html`<p class="quiet">${count(older)} reports and looks that came too late were run again in their place</p>` : nothing}
      ${archive.shed ? html`<p class="problem">${count(archive.shed)} inputs could not be kept</p>` : nothing}`
  }

  private records(r: NonNullable<NodeHealth['alerts']>): TemplateResult {
    const away = r.state === 'waiting'
    return html`<p class="figure">${away ? html`<span class="alarm-text">✕ do not answer</span>` : r.state}</p>
      ${r.problem ? html`<p class="problem">${r.problem}</p>` : nothing}
      <p class="quiet">${count(r.written)} behaviours kept${r.waiting ? `, ${count(r.waiting)} wait in memory` : ''}</p>
      ${r.lost ? html`<p class="problem">${count(r.lost)} behaviours were lost</p>` : nothing}`
  }

  private feed(f: FeedInfo): TemplateResult {
    const silence = f.last_heard === null ? NaN : this.wall(f.last_heard)
    const heard = f.last_heard === null ? (f.outgoing ? '' : 'never heard') : silence < 86400 ? `heard ${age(silence)} ago` : `heard ${day(f.last_heard)} ${clock(f.last_heard)}`
    const [sign, kind] = feedSign(f, silence)
    const noticed = reasons(f.noticed)
    return html`<section class="health-feed">
      <h3 class="feed-head"><span class="sign ${kind}" aria-hidden="true">${sign}</span> ${f.name} <span class=${kind === 'good-text' ? 'quiet' : kind}>${f.state}</span>
        <span class="quiet">${heard}</span><span class="space"></span><code>${f.url}</code></h3>
      ${f.problem ? html`<div class="problem">${f.problem}</div>` : nothing}
      <p>${f.outgoing ? nothing : html`${f.messages_per_s.toFixed(f.messages_per_s < 10 ? 1 : 0)} messages/s, ${bytes(f.bytes_per_s)}/s; ${count(f.messages)} messages, ${bytes(f.received_bytes)}; `}
        ${f.sent || f.outgoing ? html`${count(f.sent ?? 0)} passed on; ` : nothing}
        ${reasons(f.refused) ? html`<b>refused: ${reasons(f.refused)}</b>` : f.outgoing ? nothing : 'none refused'}${noticed ? `; noticed: ${noticed}` : ''}</p>
      ${f.shed ? html`<div class="problem">${count(f.shed)} inputs thrown away: the pipeline was behind</div>` : nothing}
      ${f.unsent ? html`<div class="problem">${count(f.unsent)} pieces could not be passed on</div>` : nothing}
      ${f.stations?.length ? this.stations(f, f.stations) : nothing}
      ${f.last_refused?.length
        ? html`<details><summary>The last ${f.last_refused.length} refused</summary>
            <table class="bytes"><tbody>${[...f.last_refused].reverse().map((r) => html`<tr><td class="when">${this.when(r.received)}</td><td>${r.reason.replaceAll('_', ' ')}</td><td><code>${r.bytes}</code></td></tr>`)}</tbody></table>
          </details>`
        : nothing}
    </section>`
  }

  private stations(f: FeedInfo, stations: StationInfo[]): TemplateResult {
    const ais = stations.some((s) => s.kind === 'ais')
    return html`<table class="stations">
      <thead><tr><th>${ais ? 'Station' : 'Radar'}</th><th class="number">heard</th><th class="number">${ais ? 'messages' : 'plots'}</th>
        ${ais ? html`<th class="number" title="Brought before any other station">first</th><th class="number" title="Heard by another station too">witnessed</th><th class="number" title="Heard by no other station">alone</th>` : nothing}
        <th class="number">clock</th><th class="number" title="Holds 95 % of the vessels it sees">range · usually</th></tr></thead>
      <tbody>${stations.map((s) => this.station(f, s, ais))}</tbody>
    </table>
    ${f.stations_more ? html`<p class="quiet">and ${count(f.stations_more)} more</p>` : nothing}`
  }

  private station(f: FeedInfo, s: StationInfo, ais: boolean): TemplateResult {
    const standing = (kind: string, key: string): boolean => this.app.health?.alarms.some((a) => a.key === `${kind}:${key}` && a.until === null) ?? false
    const own = `${f.index}:${s.sensor}`, wrong = standing('clock', own), silent = standing('silent', own), shrunk = standing('range', String(s.sensor))
    const mark = (bad: boolean, text: string): TemplateResult | string => (bad ? html`<b>▲ ${text}</b>` : text)
    const by = { utc: 'against the second that ships tell', receipt: 'against our time of receipt' }[s.clock.by] ?? 'too few times told'
    const peers = s.clock.peers_s === null ? '' : `; against other stations ${offset(s.clock.peers_s)}`
    return html`<tr>
      <td>${s.name}</td><td class="number">${mark(silent, s.last_heard === null ? '–' : roughAge(this.wall(s.last_heard)))}</td><td class="number">${count(s.heard)}</td>
      ${ais ? html`<td class="number">${count(s.first)}</td><td class="number">${count(s.witnessed)} · ${share(s.heard ? s.witnessed / s.heard : 0)}</td><td class="number">${count(s.alone)}</td>` : nothing}
      <td class="number" title=${by + peers}>${s.clock.offset_s === null ? '–' : mark(wrong, offset(s.clock.offset_s))}</td>
      <td class="number">${s.range_m === null ? '–' : mark(shrunk, `${length(s.range_m)} · ${length(s.usual_range_m ?? NaN)}`)}</td>
    </tr>`
  }
}
customElements.define('mh-health', Health)

/** Health of the feeds: is each heard, how much comes, what is refused and why. And of this page's own connection. */
import { html, nothing, type TemplateResult } from 'lit'
import { Panel } from '../element'
import type { FeedInfo } from '../app'
import { age, bytes, clock, count, day } from '../words'

const QUIET_S = 60 // a listening feed that says nothing for so long deserves a look

export class Feeds extends Panel {
  protected readonly on = ['second', 'feeds']

  protected override render(): TemplateResult {
    const { feeds, link } = this.app
    return html`<div class="feeds-head"><h2>Feeds</h2><button @click=${() => document.dispatchEvent(new CustomEvent('health'))}>Health …</button></div>
      ${feeds.length ? feeds.map((f) => this.feed(f)) : html`<p class="empty">No feed has reported yet.</p>`}
      <p class="quiet link-line">This screen: ${link.state}, ${count(link.frames)} frames, ${bytes(link.bytes)}${link.gaps ? `, ${link.gaps} gaps mended` : ''}${link.problem ? ` (${link.problem})` : ''}</p>`
  }

  private feed(f: FeedInfo): TemplateResult {
    const silence = f.last_heard === null ? NaN : this.app.ageNow - f.last_heard
    const near = silence > -5 && silence < 86400
    const heard = f.last_heard === null ? (f.outgoing ? 'only sends' : 'never heard') : near ? `${age(silence)} ago` : `${day(f.last_heard)} ${clock(f.last_heard)}`
    const [sign, kind] = feedSign(f, silence)
    const refused = Object.entries(f.refused).filter(([, n]) => n)
    const total = refused.reduce((a, [, n]) => a + n, 0)
    return html`<section class="feed">
      <div class="feed-line" title=${f.url}>
        <span class="sign ${kind}" aria-hidden="true">${sign}</span><b>${f.name}</b>
        ${f.state === 'listening' || f.state === 'connected' ? html`<span class="hidden">${f.state}</span>` : html`<span class=${kind}>${f.state}</span>`}
        <span class="space"></span><span>${heard}</span>
      </div>
      ${f.problem ? html`<div class="problem">${f.problem}</div>` : nothing}
      <div class="quiet">
        ${f.outgoing ? html`${count(f.sent ?? 0)} passed on` : html`${f.messages_per_s.toFixed(f.messages_per_s < 10 ? 1 : 0)} msg/s, ${bytes(f.bytes_per_s)}/s; ${count(f.messages)} messages;
        ${total ? html`<span class="refused">refused ${count(total)}: ${refused.map(([why, n]) => `${why.replaceAll('_', ' ')} ${count(n)}`).join(', ')}</span>` : 'none refused'}`}
      </div>
      ${f.shed ? html`<div class="problem">${count(f.shed)} inputs thrown away: the pipeline was behind</div>` : nothing}
    </section>`
  }

}

/** A sign that tells a feed's state without colour, and the class of its colour. */
export function feedSign(f: FeedInfo, silence: number): [string, string] {
  if (f.state === 'failed') return ['✕', 'alarm-text']
  if (f.state === 'waiting' || f.state === 'starting') return ['▲', 'caution-text']
  if (f.state === 'ended' || f.state === 'removed') return ['■', 'quiet']
  return silence > QUIET_S && silence < 86400 && !f.outgoing ? ['▲', 'caution-text'] : ['●', 'good-text']
}

/** Counts by reason as one line: "checksum 3, too long 1"; empty if there is none. */
export function reasons(counts: Record<string, number> | undefined): string {
  const found = Object.entries(counts ?? {}).filter(([, n]) => n)
  return found.map(([why, n]) => `${why.replaceAll('_', ' ')} ${count(n)}`).join(', ')
}
customElements.define('mh-feeds', Feeds)

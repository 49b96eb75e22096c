/** What must not be missed: the picture is stale; somebody is in distress. Spoken once by screen readers, shown until over. */
import { html, nothing, type TemplateResult } from 'lit'
import { Panel } from '../element'
import type { AlarmInfo } from '../app'
import { DISTRESS } from '../picture'
import { NEEDS } from '../tasks'
import { age, place } from '../words'

export class Alarms extends Panel {
  protected readonly on = ['second', 'drawn', 'pairing', 'tasks']
  private said = ''

  protected override render(): TemplateResult {
    const stale = this.stale()
    document.documentElement.classList.toggle('stale', stale !== null)
    const distress = this.distress()
    const troubles = (this.app.health?.alarms ?? []).filter((a) => a.severity === 'alarm' && a.until === null).map((a) => `Alarm: ${kindOf(a)}`)
    this.speak([stale ? 'Alarm: the picture is stale.' : '', ...distress.map((d) => `Alarm: distress, ${d.name}.`), ...troubles].filter(Boolean).join(' '))
    return html`
      ${stale ? html`<div class="alarm-box stale-box" id="stale"><b>${stale[0]}</b><span>${stale[1]}</span></div>` : nothing}
      ${distress.slice(0, 3).map(
        (d) => html`<div class="alarm-box distress-box">
          <b>DISTRESS ${d.name}</b><span>${d.what}</span><button @click=${() => this.app.goTo(d.id)}>Show</button>
        </div>`,
      )}
      ${distress.length > 3 ? html`<div class="alarm-box"><b>${distress.length - 3} more distress devices</b></div>` : nothing}
      ${this.choosing()} ${this.asking()}
      ${this.app.announcement ? html`<div class="notice">${this.app.announcement}</div>` : nothing}
    `
  }

  /** Where people look for the other vessel of a pair. */
  private choosing(): TemplateResult | typeof nothing {
    const { choosing, subject, saying } = this.app.pairing
    if (!choosing || saying) return nothing
    return html`<div class="notice" id="choosing" role="status">Click the vessel that is <b>${choosing.same ? 'the same as' : 'not the same as'}</b> <bdi>${this.app.nameById(subject)}</bdi>. Esc: cancel</div>`
  }

  /** Where people look for the place or vessel of a task. */
  private asking(): TemplateResult | typeof nothing {
    const { draft } = this.app.tasks
    if (!draft?.picking) return nothing
    const { vessel, places } = NEEDS[draft.kind], what = vessel && places ? 'the place or vessel' : vessel ? 'the vessel' : places > 1 ? 'the places' : 'the place'
    return html`<div class="notice" id="asking" role="status"><bdi>${draft.asset}</bdi>, <b>${draft.kind}</b>: click ${what}. Esc: ${this.app.tasks.whole ? 'that is all' : 'cancel'}</div>`
  }

  /** Headline and sentence, or null while the picture is fresh. */
  private stale(): [string, string] | null {
    const { link, feeds } = this.app
    if (!link.stale) return null
    const next = Math.max(0, Math.ceil((link.retryAt - performance.now()) / 1000))
    const doing = link.state === 'waiting' ? `Next try to reconnect in ${next} s (try ${link.attempts}).` : link.state === 'connecting' ? 'Connecting …' : 'The connection is open but silent.'
    if (!link.everHeard) return ['NO PICTURE', `Nothing has come from the node for ${age(link.silence_s)}. ${doing}`]
    if (link.silence_s > 3) return [`PICTURE IS STALE: ${age(link.silence_s)} OLD`, `No news from the node. What you see is how it was. ${doing}`]
    if (feeds.length && feeds.every((f) => f.state === 'ended')) return ['RECORDING HAS ENDED', `The picture stands still at its end, since ${age(link.standstill_s)}.`]
    return [`PICTURE STANDS STILL: ${age(link.standstill_s)}`, 'The node answers but makes no new picture.']
  }

  private distress(): { id: number; name: string; what: string }[] {
    const p = this.app.picture, found = []
    for (let s = 0; s < p.count; s++) {
      if (p.category[s] !== DISTRESS) continue
      const heard = age(this.app.ageNow - p.lastHeard(s))
      found.push({ id: p.id[s]!, name: `${device(p.mmsi[s]!)} ${p.name[s]}`, what: `${place(p.shown[2 * s + 1]!, p.shown[2 * s]!)}, heard ${heard} ago` })
    }
    return found
  }

  private speak(text: string): void {
    if (text === this.said) return
    const wasStale = this.said.includes('stale')
    this.said = text
    document.getElementById('speech')!.textContent = text || (wasStale ? 'The picture is live again.' : '')
  }
}

/** An alarm for the ear: without figures that change, or it would be said again and again. */
function kindOf(a: AlarmInfo): string {
  return a.text.split(/[,:;]/)[0]!.replace(/ [\d.]+ (s|min|h|days)\b.*/, '') + '.'
}

/** Kind of device by the form of its MMSI (ITU-R M.585). */
export function device(mmsi: number): string {
  const head = Math.floor(mmsi / 1e6)
  return head === 970 ? 'AIS-SART' : head === 972 ? 'man over board' : head === 974 ? 'EPIRB' : ''
}
customElements.define('mh-alarms', Alarms)

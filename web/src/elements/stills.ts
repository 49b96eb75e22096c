/** In the panel of the chosen vessel: which of our own can look at it, and the stills and clips that were taken of it. */
import { html, nothing, type TemplateResult } from 'lit'
import { isPlaced, linkBrief, type Asset } from '../assets'
import { Panel } from '../element'
import { inverse } from '../geo'
import type { Attachment } from '../stills'
import { NEEDS, type Kind } from '../tasks'
import { bytes, length, when } from '../words'
import { ORDERS } from './asset'

export class StillsBox extends Panel {
  protected readonly on = ['stills', 'selection', 'tasks', 'assets', 'second']
  private large: Attachment | null = null

  protected override render(): TemplateResult | typeof nothing {
    const { settings, picture, stills } = this.app
    if (!settings.selected) return nothing
    return html`${picture.slotOf.has(settings.selected) ? this.watchers() : nothing}
      ${stills.list.length || stills.problem ? this.pictures() : nothing}
      ${this.large ? this.dialog() : nothing}`
  }

  private watchers(): TemplateResult | typeof nothing {
    const { assets, tasks, settings, picture: p } = this.app, s = p.slotOf.get(settings.selected)!
    const away = (a: Asset): number => (isPlaced(a) ? inverse(a.lat_deg!, a.lon_deg!, p.shown[2 * s + 1]!, p.shown[2 * s]!).distance : NaN)
    const able = assets.list.flatMap((asset) => {
      const kinds = (tasks.taking(asset.name)?.kinds ?? []).filter((kind) => NEEDS[kind].vessel)
      return kinds.length ? [{ asset, kinds, away: away(asset) }] : []
    })
    const patrol = this.app.patrol.told?.plan ? html`<p><button id="patrol-look" title="The patrol's plan is changed so that somebody is with it in time" @click=${() => this.app.patrolLook(settings.selected)}>Patrol: look at it …</button></p>` : nothing
    if (!able.length) return patrol
    able.sort((x, y) => (x.away || Infinity) - (y.away || Infinity))
    return html`${patrol}<h3>Look at it with …</h3><ul class="watchers" aria-label="Ours that can look at it">${able.map(
      ({ asset, kinds, away }) => html`<li><span class="line"><b><bdi>${asset.name}</bdi></b><span class="quiet">${[length(away), linkBrief(asset, this.app.ageNow)].filter(Boolean).join(' · ')}</span></span>
        <span class="pair-buttons">${kinds.map((kind: Kind) => html`<button aria-label="${ORDERS[kind].replace(' …', '')}: ${asset.name}" @click=${() => this.app.askFor(asset, kind, settings.selected)}>${kind}</button>`)}</span></li>`,
    )}</ul>`
  }

  private pictures(): TemplateResult {
    const { stills } = this.app, hidden = stills.list.length - stills.most
    return html`<h3>Stills and clips</h3>
      ${stills.problem ? html`<p class="problem">${stills.problem}</p>` : nothing}
      <ul class="stills" aria-label="Stills and clips of it, the newest first">${stills.list.slice(0, stills.most).map((one) => html`<li>${this.one(one)}</li>`)}</ul>
      ${hidden > 0 ? html`<button @click=${() => stills.more()}>${hidden} older</button>` : nothing}`
  }

  private one(one: Attachment): TemplateResult {
    const got = this.app.stills.got.get(one.number), told = html`<span class="quiet">${when(one.time, this.app.now)} <bdi>${one.asset}</bdi></span>`
    if (one.dropped !== null) return html`<div class="still none">made room for newer ones ${when(one.dropped, this.app.now, 5)}</div>${told}`
    if (got?.problem) return html`<div class="still none problem" role="status">${got.problem}</div>${told}`
    if (!got?.url) return html`<div class="still none">…</div>${told}`
    if (one.kind === 'clip') return html`<a class="still none" href=${got.url} download="mihari-${one.number}.avi">clip, ${bytes(one.size)}: save it</a>${told}`
    return html`<button class="still" aria-label="Open the still of ${when(one.time, this.app.now)}" @click=${() => this.open(one)}><img src=${got.url} alt="" /></button>${told}`
  }

  private dialog(): TemplateResult {
    const one = this.large
    return html`<dialog class="large-still" aria-label="A still" @close=${() => { this.large = null; this.requestUpdate() }}>
      ${one ? html`<div class="dialog-head"><h2>${when(one.time, this.app.now)} UTC, <bdi>${one.asset}</bdi></h2><button autofocus @click=${() => this.querySelector('dialog')!.close()}>Close (Esc)</button></div>
        <img src=${this.app.stills.got.get(one.number)?.url ?? ''} alt="A still of ${this.app.nameById(this.app.stills.vessel)}" />
        <p class="quiet">${one.number} · ${bytes(one.size)}${one.who ? html` · asked for by <bdi>${one.who}</bdi>` : nothing}${one.task ? ` · task ${one.task}` : ''}<br />SHA-256 <code>${one.sha256}</code>, as it was kept</p>` : nothing}
    </dialog>` // prettier-ignore
  }

  private open(one: Attachment): void {
    this.large = one
    this.requestUpdate()
    void this.updateComplete.then(() => this.querySelector<HTMLDialogElement>('dialog')!.showModal())
  }
}
customElements.define('mh-stills', StillsBox)

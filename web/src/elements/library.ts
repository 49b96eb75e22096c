/** The library over the list: what the node holds, the pattern that is read, the text that is written. */
import { html, nothing, type TemplateResult } from 'lit'
import { Panel } from '../element'
import { inWords, type Held } from '../library'
import { offers } from './offers'
import { when } from '../words'
import { arrows, sign, STATE_WORDS } from './desk'
import { pattern } from './pattern'
import { editor, fitted } from './writing'
import { bar, legend } from './record'

const ROWS_MAX = 200

export class LibraryBox extends Panel {
  protected readonly on = ['library', 'palette']
  private shown = ''
  private opener: HTMLElement | null = null

  protected override render(): TemplateResult | typeof nothing {
    const { library } = this.app
    if (!library.open) return nothing
    const title = library.draft ? (library.draft.from ? `A copy of ${library.draft.from}` : 'A new pattern') : library.chosen ? 'Pattern' : 'Library'
    return html`<section class="desk library" role="dialog" aria-label=${title}>
      <div class="dialog-head"><h2>${title}</h2><span class="space"></span>
        ${library.draft || library.chosen ? html`<button class="back" @click=${() => library.back()}>${library.draft ? 'Give it up' : 'All patterns'}</button>` : html`<button class="go" @click=${() => library.write()}>New pattern …</button>`}
        <button @click=${() => library.toggle(false)}>Close (b)</button></div>
      <div class="desk-body" tabindex="0">
        ${library.said ? html`<p class="good-text" role="status">${library.said}</p>` : nothing}
        ${library.problem ? html`<p class="problem" role="alert">${library.problem}</p>` : nothing}
        ${library.draft ? editor(this.app, library.draft) : library.chosen ? pattern(this.app) : this.list()}
      </div>
    </section>`
  }

  private list(): TemplateResult {
    const { library } = this.app, { found } = library
    if (!library.loaded) return html`<p class="empty">Asking the node …</p>`
    const unread = library.unread.map((told) => html`<p class="problem">▲ Not looked for: <bdi>${told}</bdi></p>`)
    if (!library.list.length) return html`${unread}<p class="empty">${library.problem || unread.length ? '' : 'The node holds no patterns yet. Write one, or bring some: mihari library import, mihari library add.'}</p>${offers(this.app)}`
    const most = Math.max(...found.map((one) => one.here.fired), 1)
    return html`${unread}<label class="desk-search"><span class="hidden">Search patterns</span><input type="search" placeholder="Search: name, state, who …" .value=${library.search} @input=${(e: Event) => library.find((e.target as HTMLInputElement).value)} /></label>
      ${legend()}
      ${found.length ? html`<ul class="cards-list" aria-label="Patterns" @keydown=${arrows}>${found.slice(0, ROWS_MAX).map((one) => html`<li>${this.row(one, most)}</li>`)}</ul>${found.length > ROWS_MAX ? html`<p class="quiet">and ${found.length - ROWS_MAX} more: search for them</p>` : nothing}` : html`<p class="empty">No pattern is like that.</p>`}
      ${library.search ? nothing : offers(this.app)}`
  }

  private row(one: Held, most: number): TemplateResult {
    const { library } = this.app, from = one.shipped ? 'came with Mihari' : one.signer ? html`brought by <bdi>${one.signer}</bdi>` : 'made here'
    return html`<button class="card-main ${one.state}" data-pattern=${one.name} @click=${() => library.choose(one)}>
      <span class="line"><b class="name">${sign(one.urgency)} <bdi>${one.title}</bdi></b><span class="state-word ${one.state}">${STATE_WORDS[one.state]}</span></span>
      <span class="line what"><span><bdi>${one.name}</bdi> ${one.version} · ${from}, <bdi>${one.who}</bdi> ${when(one.time, this.app.ageNow, 5)}</span></span>
      <span class="line what">${bar(one.here, most)}<span class="told">${inWords(one.here)}${one.elsewhere?.fired ? html`<br />elsewhere ${inWords(one.elsewhere)}` : nothing}</span></span>
      ${one.sentence ? html`<span class="line what"><span>tried on the archive: <bdi>${one.sentence}</bdi></span></span>` : nothing}
      ${one.proven ? nothing : html`<span class="line what"><span>▲ not proven here: it cannot be made active</span></span>`}
    </button>`
  }

  /** The focus follows what is opened, and goes back when it closes. */
  protected override updated(): void {
    const { library } = this.app
    fitted(this)
    const now = !library.open ? '' : library.draft ? `draft ${library.draft.from}` : library.deciding ? library.deciding : library.chosen ? `${library.chosen.name} ${library.chosen.version}` : 'list'
    if (now === this.shown) return
    const before = this.shown
    this.shown = now
    if (!before) this.opener = document.activeElement as HTMLElement | null
    if (!now) return void (this.opener?.isConnected ? this.opener : document.querySelector<HTMLElement>('#library'))?.focus()
    const row = before && now === 'list' ? this.querySelector<HTMLElement>(`[data-pattern="${CSS.escape(before.split(' ')[0]!)}"]`) : null
    ;(row ?? this.querySelector<HTMLElement>('.first') ?? this.querySelector<HTMLElement>('.desk-search input') ?? this.querySelector<HTMLElement>('.desk-body'))?.focus({ preventScroll: !row })
  }
}
customElements.define('mh-library', LibraryBox)

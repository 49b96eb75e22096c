/** Bundles of patterns that other nodes of the mesh offer, below the list of what the node holds. */
import { html, nothing, type TemplateResult } from 'lit'
import type { App } from '../app'
import type { Offered } from '../library'
import { when } from '../words'

const STATES = { coming: 'coming', offered: 'offered', refused: 'refused', taken: 'taken over' } as const

export function offers(app: App): TemplateResult | typeof nothing {
  const { offered } = app.library
  if (!offered.length) return nothing
  return html`<h3 id="offered">Offered by other nodes</h3>
    <p class="quiet">Nothing of these is in force, withdrawals neither, before somebody takes them over.</p>
    <ul class="cards-list" aria-labelledby="offered">${offered.map((one) => html`<li class="card-main" data-offer=${one.id}>${row(app, one)}</li>`)}</ul>`
}

function row(app: App, one: Offered): TemplateResult {
  return html`<div class="line"><b class="name">Offered by <bdi>${one.by}</bdi>: ${one.told}</b><span class="state-word">${STATES[one.state]}</span></div>
    <div class="line what"><span><bdi>${one.name}</bdi> <bdi>${one.version}</bdi>, signed by <bdi>${one.signer}</bdi>${one.state === 'offered' ? html`: <bdi>${one.believed || 'whether that is to be believed was not asked, the node has no trust list'}</bdi>` : nothing} · ${when(one.time, app.ageNow, 5)}</span></div>
    ${one.note ? html`<p><bdi>${one.note}</bdi></p>` : nothing}
    ${one.problem ? html`<p>▲ <bdi>${one.problem}</bdi></p>` : nothing}
    ${one.state === 'coming' ? html`<p class="quiet">Its bytes (${Math.ceil(one.size / 1000)} kB) come over LAN and cellular links.</p>` : nothing}
    ${one.patterns.length ? html`<ul class="others">${one.patterns.map((p) => html`<li><b><bdi>${p.title || p.name}</bdi></b> <span class="quiet"><bdi>${p.name}</bdi> ${p.version}, made by <bdi>${p.maker}</bdi></span>${p.refused ? html`<br />▲ <bdi>${p.refused}</bdi>` : nothing}</li>`)}</ul>` : nothing}
    ${one.withdrawn.length ? html`<ul class="others">${one.withdrawn.map((w) => html`<li>▲ withdraws <b><bdi>${w.name}</bdi></b> ${w.versions.length ? `version ${w.versions.join(', ')}` : 'in all versions'}, by <bdi>${w.node}</bdi>: <bdi>${w.reason}</bdi></li>`)}</ul>` : nothing}
    ${one.state === 'offered' ? html`<p>To take it over: <code>mihari library import --offered ${one.id} --who NAME --node NODE.toml</code></p>` : nothing}`
}

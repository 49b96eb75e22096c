/** A pattern in the order in which an officer reads it who has got an alert of it; and what would have been told. */
import { html, nothing, type TemplateResult } from 'lit'
import type { App } from '../app'
import type { Detail, Link, Look, Trial } from '../library'
import { count, place, when } from '../words'
import { sign, STATE_WORDS } from './desk'
import { legend, record } from './record'

export function pattern(app: App): TemplateResult {
  const { library } = app, { detail: d } = library
  if (!d) return html`<p class=${library.detailProblem ? 'problem' : 'empty'}>${library.detailProblem || 'Asking the node …'}</p>`
  const { file: f } = d
  return html`<header class="desk-head"><h3>${sign(d.urgency)} <bdi>${d.title}</bdi></h3><span class="state-word ${d.state}">${STATE_WORDS[d.state]}</span></header>
    <p class="quiet"><bdi>${d.name}</bdi> version ${d.version}${versions(app, d)} · <bdi>${d.who}</bdi> ${when(d.time, app.ageNow, 5)}${d.why ? html`: <bdi>${d.why}</bdi>` : nothing}</p>
    ${library.deciding ? decision(app, d) : buttons(app, d)}
    <h4>What it means</h4>${paragraphs(f.description)}
    <p class="quiet">It says: “<bdi>${f.because}</bdi>”</p>
    <h4>What else it could be</h4><ol class="others">${f.innocent.map((one) => html`<li><bdi>${one}</bdi></li>`)}</ol>
    <h4>How to find out</h4>${look(f.look)}
    ${f.parameter.length ? html`<h4>Figures</h4><table class="facts figures"><thead><tr><th>name</th><th>value</th><th>tried from – to</th><th>from where</th></tr></thead><tbody>${f.parameter.map((p) => html`<tr><th scope="row"><bdi>${p.name}</bdi></th><td><b><bdi>${p.value}</bdi></b></td><td><bdi>${p.least}</bdi> – <bdi>${p.most}</bdi></td><td class="quiet"><bdi>${p.source}</bdi></td></tr>`)}</tbody></table>` : nothing}
    <h4>Definition</h4><pre class="code" tabindex="0"><code>${f.definition.trim()}</code></pre>
    <h4>Described in</h4><ul class="others">${f.references.map((one) => html`<li><bdi>${one}</bdi></li>`)}</ul>
    <h4>Who made it, who passed it on</h4>${provenance(d)}
    <h4>Proof</h4><p>${proof(d)}</p>
    <h4>Trial</h4>${d.trial ? trial(app, d.trial) : html`<p class="quiet">It was not tried on this node's archive.</p>`}
    <h4>Record</h4>${legend()}${record('Here', d.here)}${d.elsewhere ? record('Elsewhere, as it was brought', d.elsewhere) : nothing}`
}

/** Lines of a file as paragraphs: an empty line parts two. */
function paragraphs(text: string): TemplateResult[] {
  return text.trim().split(/\n\s*\n/).map((one) => html`<p><bdi>${one.replace(/\s*\n\s*/g, ' ')}</bdi></p>`)
}

/** With what, from where, and what to look for. */
export function look(l: Look): TemplateResult {
  return html`<p>${l.sensor.map((one, i) => html`${i ? ', or ' : ''}<bdi>${one}</bdi>`)}; <bdi>${l.place}</bdi></p>
    <ul class="checklist">${l.checklist.map((one) => html`<li><bdi>${one}</bdi></li>`)}</ul>`
}

function versions(app: App, d: Detail): TemplateResult | typeof nothing {
  const others = d.versions.filter((v) => v.version !== d.version)
  if (!others.length) return nothing
  return html` (also held: ${others.map((v) => html`<button class="link" @click=${() => app.library.choose({ name: d.name, version: v.version })}>${v.version}, ${STATE_WORDS[v.state]}</button> `)})`
}

function buttons(app: App, d: Detail): TemplateResult {
  const { library } = app
  return html`${library.detailProblem ? html`<p class="problem" role="alert">${library.detailProblem}</p>` : nothing}
    <p class="zone-buttons">
      ${d.state === 'active' || d.state === 'withdrawn' ? nothing : html`<button class="go" ?disabled=${!d.proven} title=${d.proven ? 'It may raise alerts from now on' : 'Its proof does not hold here'} @click=${() => library.decide('activate')}>Make active …</button>`}
      ${d.state === 'withdrawn' ? nothing : html`<button @click=${() => library.decide('withdraw')}>Withdraw …</button>`}
      <button @click=${() => library.copy()}>Change a copy …</button>
      <button title="Cases that speak for it" @click=${() => app.casesOf(d.name)}>Its cases</button>
    </p>`
}

function decision(app: App, d: Detail): TemplateResult {
  const { library } = app, activate = library.deciding === 'activate'
  const submit = (e: SubmitEvent): void => {
    e.preventDefault()
    const f = new FormData(e.target as HTMLFormElement)
    app.alerts.who = String(f.get('who'))
    void library.decided(app.alerts.who, String(f.get('why')))
  }
  return html`<form class="zone-leaving" role="alertdialog" aria-label=${activate ? 'Make it active?' : 'Withdraw it?'} @submit=${submit}>
    <p>${activate ? html`Make <b><bdi>${d.title}</bdi></b> active? It raises ${d.urgency ? html`an alert (${d.urgency})` : 'no alert, but is listed,'} from now on.${d.sentence ? html` On trial it <bdi>${d.sentence}</bdi>.` : ' It was not tried here.'}` : html`Withdraw <b><bdi>${d.title}</bdi></b>? It is looked for no more; this version cannot be made active again.`}</p>
    ${library.detailProblem ? html`<p class="problem" role="alert">${library.detailProblem}</p>` : nothing}
    <label>Your name <input name="who" class=${app.alerts.who ? '' : 'first'} required maxlength="80" autocomplete="name" .value=${app.alerts.who} /></label>
    <label>Reason <input name="why" class=${app.alerts.who ? 'first' : ''} maxlength="400" ?required=${!activate} placeholder=${activate ? 'for the log' : 'takes ferries for smugglers'} /></label>
    <p class="zone-buttons"><button class=${activate ? 'go' : 'warn'} ?disabled=${library.busy}>${activate ? 'Make active' : 'Withdraw'}</button><button type="button" @click=${() => library.decide(null)}>Leave it</button></p>
  </form>`
}

function provenance(d: Detail): TemplateResult {
  if (!d.provenance.length) return html`<p>${d.proof.where ? html`It came with Mihari, held by <bdi>${d.who}</bdi>.` : d.signer ? html`Brought by <bdi>${d.signer}</bdi>; its chain is not kept.` : html`Made here, held by <bdi>${d.who}</bdi>.`}</p>`
  return html`<ol class="others">${d.provenance.map((l: Link) => html`<li><bdi>${l.act ?? ''}</bdi> by <b><bdi>${l.node ?? '?'}</bdi></b> <span class="quiet"><bdi>${l.author ?? ''}</bdi>${l.at ? html`, <bdi>${l.at}</bdi>` : nothing}${l.groups?.length ? html`, for <bdi>${l.groups.join(', ')}</bdi>` : nothing}</span></li>`)}</ol>`
}

function proof(d: Detail): TemplateResult | string {
  const { proof: p } = d
  if (p.where) return html`● It holds <bdi>${p.where}</bdi>: ${p.found} cases found, ${p.quiet} look-alikes left alone.`
  if (p.holds) return html`● It holds here: ${p.found} cases found, ${p.quiet} look-alikes left alone.`
  return html`▲ It does not hold here: <bdi>${p.problem || 'it was not run'}</bdi>.`
}

/** The sentence, whose, and the examples: a click goes there. */
export function trial(app: App, t: Trial): TemplateResult {
  const { library } = app, whose = Object.entries(t.whose)
  return html`<p class="headline"><bdi>${t.sentence}</bdi></p>
    <p class="quiet">over ${count(t.reports)} reports${t.retracted ? `; ${t.retracted} taken back later` : ''}${t.examples.length && t.examples.length < t.fired ? `; ${t.examples.length} of ${t.fired} are shown` : ''}</p>
    ${whose.length > 1 ? html`<table class="facts whose"><tbody>${whose.map(([what, n]) => html`<tr><th scope="row"><bdi>${what}</bdi></th><td class="number">${n}</td><td><svg class="record-bar" width="120" height="10" aria-hidden="true"><rect class="record-open" x="0.5" y="0.5" width=${(118 * n) / t.fired} height="9" /></svg></td></tr>`)}</tbody></table>` : nothing}
    ${t.examples.length > 1 ? html`<p class="zone-buttons"><button @click=${() => app.showSpots()}>Show all on the map</button></p>` : nothing}
    ${t.examples.length ? html`<ol class="examples" aria-label="Examples: a click goes there">${t.examples.map((one, i) => html`<li><button aria-pressed=${library.spot === i} @click=${() => app.goToSpot(i)}><b class="spot-number">${i + 1}</b><span><bdi>${one.because}</bdi><span class="quiet">${when(one.start, app.ageNow, 5)}${one.end === null ? ', going on' : ` to ${when(one.end, app.ageNow, 5)}`} · ${place(one.lat_deg, one.lon_deg)}</span></span></button></li>`)}</ol>` : nothing}`
}

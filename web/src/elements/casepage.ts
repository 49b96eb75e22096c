/** A case: head, what people say of it with earlier words, evidence with pictures, vessels, time line, and its forms. */
import { html, nothing, type TemplateResult } from 'lit'
import type { App } from '../app'
import { OUTCOME_SIGNS, OUTCOME_WORDS, vesselName, WORDS, type CaseDetail, type Dossier, type Evidence, type Item, type Word } from '../cases'
import { bytes, when } from '../words'
import { caseForm } from './caseforms'

const SHOWN = ['image/jpeg', 'image/png']
const CLAIMS_MAX = 40

export function casePage(app: App): TemplateResult {
  const { cases } = app, { detail: c } = cases
  if (!c) return html`<p class="empty">${cases.problem ? nothing : 'Asking the node …'}</p>`
  return html`<header class="desk-head"><h3><bdi>${c.title}</bdi></h3><span class="state-word ${c.status}">${c.status === 'open' ? '○ open' : '● closed'}</span></header>
    <p class="quiet">opened by <bdi>${c.opened_by}</bdi> ${at(app, c.opened)}; last word by <bdi>${c.changed_by}</bdi> ${at(app, c.changed)}</p>
    <p class="headline">${OUTCOME_SIGNS[c.outcome] ?? '?'} ${OUTCOME_WORDS[c.outcome] ?? c.outcome}${earlier(app, c.words.outcome)}</p>
    ${told(app, c)}
    ${cases.form ? caseForm(app, c) : buttons(app, c)}
    <dl class="words">${WORDS.map(([field, name]) => word(app, name, field, c.words[field]))}</dl>
    ${c.words.title?.earlier.length ? html`<p>Title${earlier(app, c.words.title)}</p>` : nothing}
    <h4>Evidence</h4>${c.lists.evidence.some((e) => e.kind === 'track' && e.here) ? html`<p><button aria-pressed=${cases.tracks.length > 0} @click=${() => void app.showTracks()}>Tracks on the map</button></p>` : nothing}${evidence(app, c)}
    <h4>Vessels</h4>${vessels(app, c)}
    ${c.lists.alert.length ? html`<h4>Alerts</h4><ul class="related">${c.lists.alert.map((a) => html`<li class=${a.withdrawn ? 'gone' : ''}><button title="Show it" @click=${() => app.chooseAlert(a.number)}>${a.number} <bdi>${a.because}</bdi></button>${gone(a)}</li>`)}</ul>` : nothing}
    <h4>Time line</h4>${timeline(app, c)}
    ${c.not_understood.length ? html`<h4>Not understood here</h4><p class="quiet">A newer Mihari wrote this; it is kept and passed on.</p><ul class="others">${c.not_understood.map((s) => html`<li><bdi>${s.field}</bdi>: <code>${s.value}</code> (<bdi>${s.who}</bdi>)</li>`)}</ul>` : nothing}`
}

const at = (app: App, utc_s: number): string => when(utc_s, app.ageNow, 5)

/** What came of the last word: what could not be had, and whose words came meanwhile. */
function told(app: App, c: CaseDetail): TemplateResult | typeof nothing {
  const { left_out = [], changed_meanwhile = [] } = c
  if (!left_out.length && !changed_meanwhile.length) return nothing
  return html`<div role="status">${left_out.length ? html`<p>▲ Could not be had:</p><ul class="others">${left_out.map((one) => html`<li><bdi>${one}</bdi></li>`)}</ul>` : nothing}
    ${changed_meanwhile.map((one) => html`<p class="caution-text">▲ <bdi>${one.who}</bdi> wrote meanwhile (${at(app, one.time)}) of ${one.field.replace('_', ' ')}: “<bdi>${one.value}</bdi>”. The later word counts, both are kept.</p>`)}</div>`
}

function buttons(app: App, c: CaseDetail): TemplateResult {
  const { cases } = app, alert = app.alerts.chosen, selected = app.settings.selected
  const ask = (form: Parameters<typeof cases.askFor>[0], name: string, go = false): TemplateResult => html`<button class=${go ? 'go' : ''} @click=${() => cases.askFor(form)}>${name}</button>`
  const add = (what: string, told: Record<string, unknown>, name: string): TemplateResult => html`<button ?disabled=${cases.busy} @click=${() => cases.sign(name, what, told)}>${name} …</button>`
  return html`<p class="zone-buttons">
    ${c.status === 'open' ? html`${ask('close', 'Close …', true)}${ask('words', 'Write …')}${ask('note', 'Note …')}${ask('action', 'Done …')}${ask('file', 'File …')}` : html`${ask('words', 'Write …')}${add('reopen', {}, 'Open it again')}`}
    ${c.status === 'open' && alert && !c.alerts.includes(alert) ? add('evidence', { alert }, `Add alert ${alert}`) : nothing}
    ${c.status === 'open' && selected ? add('vessel', { vessel: selected }, `Add ${app.nameById(selected)}`) : nothing}
    <a class="button" href=${api(`cases/${c.number}/report`)} download="case-${c.number}.html" title="One HTML file, to be kept, sent or printed">Report</a></p>`
}
const api = (path: string): string => new URL(`api/v1/${path}`, location.href).href

function word(app: App, name: string, field: string, w: Word | undefined): TemplateResult | typeof nothing {
  if (!w || (!w.value && !w.earlier.length)) return nothing
  const value = field === 'pattern' && w.value ? html`<button class="link" @click=${() => app.showPattern(w.value)}><bdi>${w.value}</bdi></button>` : html`<bdi class="prose">${w.value || '–'}</bdi>`
  return html`<dt>${name}</dt><dd>${value} <span class="quiet">(<bdi>${w.who}</bdi>, ${at(app, w.time)})</span>${earlier(app, w)}</dd>`
}

function earlier(app: App, w: Word | undefined): TemplateResult | typeof nothing {
  if (!w?.earlier.length) return nothing
  return html`<details class="earlier"><summary>${w.earlier.length} earlier word${w.earlier.length === 1 ? '' : 's'}</summary><ul class="others">${w.earlier.map((e) => html`<li><bdi>${e.who}</bdi> wrote “<bdi>${e.value}</bdi>” ${at(app, e.time)}; <bdi>${w.who}</bdi>’s later word counts.</li>`)}</ul></details>`
}

function gone(item: Item): TemplateResult | typeof nothing {
  return item.withdrawn ? html`<span class="quiet">withdrawn by <bdi>${item.withdrawn.who}</bdi>${item.withdrawn.why ? html`: <bdi>${item.withdrawn.why}</bdi>` : nothing}</span>` : nothing
}

function withdraw(app: App, item: Item, what: string): TemplateResult | typeof nothing {
  if (item.withdrawn) return gone(item)
  return html`<button class="small" aria-label="Withdraw: ${what}" title="It does not count; it stays, marked" @click=${() => app.cases.askFor('withdraw', item.id)}>withdraw</button>`
}

function evidence(app: App, c: CaseDetail): TemplateResult {
  const all = c.lists.evidence, pictures = all.filter((e) => SHOWN.includes(e.media) && e.here), others = all.filter((e) => !pictures.includes(e))
  if (!all.length) return html`<p class="empty">None yet.</p>`
  const file = (e: Evidence): string => api(`cases/${c.number}/files/${e.sha256}`)
  return html`${pictures.length ? html`<ul class="stills">${pictures.map((e) => html`<li class=${e.withdrawn ? 'gone' : ''}><a class="still" href=${file(e)} target="_blank" rel="noopener"><img loading="lazy" src=${file(e)} alt=${e.what} /></a><span><bdi>${e.what}</bdi> ${withdraw(app, e, e.what)}</span></li>`)}</ul>` : nothing}
    <ul class="log">${others.map((e) => html`<li class=${e.withdrawn ? 'gone' : ''}><b>${e.kind}</b> <bdi>${e.what || e.name}</bdi> <span class="quiet">${bytes(e.size)} · ${e.here ? html`<a href=${file(e)} download=${e.name || `${e.kind}-${e.sha256.slice(0, 8)}`}>save</a>` : 'not at this node'} · <bdi>${e.who}</bdi> · SHA-256 <code title=${e.sha256}>${e.sha256.slice(0, 12)}…</code></span> ${withdraw(app, e, e.what)}</li>`)}</ul>`
}

function vessels(app: App, c: CaseDetail): TemplateResult {
  const { cases } = app
  return html`<ul class="others">${c.lists.vessel.map((v) => {
      const id = app.idOf({ mmsi: v.mmsi || null, vessel: v.vessel || null, run: v.run })
      return html`<li class=${v.withdrawn ? 'gone' : ''}><button class="link" ?disabled=${!id} title=${id ? 'Show it on the map' : 'Not in the picture now'} @click=${() => app.goTo(id)}><bdi>${vesselName(v)}</bdi></button>${v.mmsi ? ` ${v.mmsi}` : ''} ${withdraw(app, v, vesselName(v))}</li>`
    })}</ul>
    ${cases.dossierProblem ? html`<p class="problem">${cases.dossierProblem}</p>` : nothing}
    ${cases.dossiers ? cases.dossiers.map((d) => dossier(app, d)) : html`<p><button @click=${() => void cases.askDossiers()}>What is known of them</button></p>`}`
}

function dossier(app: App, d: Dossier): TemplateResult {
  return html`<section class="behaviour"><h4>${d.mmsi ? String(d.mmsi).padStart(9, '0') : `#${d.vessel}`}${d.flag ? html` <span class="quiet">claims ${d.flag}</span>` : nothing}</h4>
    ${d.claims.length ? html`<table class="facts"><tbody>${d.claims.slice(0, CLAIMS_MAX).map((one) => html`<tr><th scope="row"><bdi>${String(one.field).replace('_', ' ')}</bdi></th><td><bdi>${String(one.value)}</bdi></td><td class="quiet">${at(app, one.first)} – ${at(app, one.last)}</td></tr>`)}</tbody></table>` : nothing}
    ${d.behaviours.length ? html`<p>${d.behaviours.slice(0, 5).map((b) => html`${at(app, b.start)} <bdi>${b.because}</bdi><br />`)}</p>` : nothing}
    <p class="quiet">${d.alerts.length} alerts, ${d.meetings.length} meetings, ${d.pictures.length} pictures, ${d.cases.length} cases</p>
    ${d.missing.map((one) => html`<p class="quiet"><bdi>${one}</bdi></p>`)}</section>`
}

/** All that has a time, the oldest first: what happened at sea, what was done, what was written. */
function timeline(app: App, c: CaseDetail): TemplateResult {
  type Line = readonly [time: number | null, kind: string, text: string, who: string]
  const { alert, action, note } = c.lists
  const sea = alert.flatMap((a): Line[] => [[a.first, 'at sea', `alert ${a.number} began: ${a.because}`, ''], [a.last, 'at sea', `alert ${a.number} ended`, '']])
  const done = action.map((a): Line => [a.done_at ?? a.time, 'done', `${a.text}${a.by ? ` (${a.by})` : ''}`, a.who])
  const notes = note.map((n): Line => [n.time, 'note', n.text, n.who])
  const log = c.log.filter((l) => !/^(note|action)/.test(l.what)).map((l): Line => [l.time, 'case', l.what, l.who])
  const all = [...sea, ...done, ...notes, ...log].flatMap(([time, ...rest]) => (time === null ? [] : [[time, ...rest] as const])).sort((a, b) => a[0] - b[0])
  return html`<ol class="log timeline">${all.map(([time, kind, text, who]) => html`<li class=${kind.replace(' ', '-')}><span class="when">${at(app, time)}</span> <b>${kind}</b> <bdi class="prose">${text}</bdi>${who ? html` <span class="quiet"><bdi>${who}</bdi></span>` : nothing}</li>`)}</ol>
    ${note.length + action.length ? html`<details><summary>Notes and what was done, one by one</summary><ul class="log">${[...action, ...note].map((n) => html`<li class=${n.withdrawn ? 'gone' : ''}><bdi>${n.text}</bdi> <span class="quiet"><bdi>${n.who}</bdi></span> ${withdraw(app, n, n.text)}</li>`)}</ul></details>` : nothing}`
}

/** The editor of a pattern: the text with its lines, its mistakes as one types, what it would have told, and holding it. */
import { html, nothing, type TemplateResult } from 'lit'
import type { App } from '../app'
import type { Draft, Mistake } from '../library'
import { trial } from './pattern'

const HOURS: readonly [number, string][] = [[6, '6 hours'], [24, 'a day'], [72, '3 days'], [168, 'a week'], [720, '30 days']] // prettier-ignore
const CASES_MAX = 6e6 // bytes of a file of cases: as text it is a third longer

export function editor(app: App, d: Draft): TemplateResult {
  const { library } = app, lines = d.text.split('\n').length, wrong = new Set(d.checking ? [] : d.checked?.mistakes.map((m) => m.line))
  return html`<div class="editor">
      <pre class="gutter" aria-hidden="true">${Array.from({ length: lines }, (_, i) => html`<span class=${wrong.has(i + 1) ? 'wrong' : ''}>${wrong.has(i + 1) ? '▶' : ''}${i + 1}\n</span>`)}</pre>
      <textarea class="first" name="pattern" aria-label="The pattern's file" aria-describedby="mistakes" spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off" maxlength="40000" .value=${d.text}
        @input=${(e: Event) => library.type((e.target as HTMLTextAreaElement).value)} @scroll=${scrolled}
        @keydown=${(e: KeyboardEvent) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); if (library.good) void library.try(d.hours) } }}></textarea>
    </div>
    <div id="mistakes" role="status">${mistakes(app, d)}</div>
    ${library.detailProblem ? html`<p class="problem" role="alert">${library.detailProblem}</p>` : nothing}
    ${preview(app, d)} ${keep(app, d)}` // prettier-ignore
}

function mistakes(app: App, d: Draft): TemplateResult {
  if (d.checking || !d.checked) return html`<p class="quiet">Reading …</p>`
  const { pattern, mistakes: found, held } = d.checked
  if (pattern) {
    const taken = held.length && pattern.version <= Math.max(...held)
    return html`<p>● <b><bdi>${pattern.title}</bdi></b> (<bdi>${pattern.name}</bdi> ${pattern.version}): no mistakes${taken ? html`; the node holds version ${Math.max(...held)}: write <code>version = ${Math.max(...held) + 1}</code> to hold it` : nothing}.</p>`
  }
  return html`<ul class="mistakes" aria-label="Mistakes">${found.map((m) => html`<li><button @click=${(e: Event) => goTo(e, m)}>${m.line ? html`<b>line ${m.line}${m.column ? `, ${m.column}` : ''}</b> ` : nothing}${m.key ? html`<bdi>${m.key}</bdi>: ` : nothing}<bdi>${m.problem}</bdi></button>${replaced(m, d.text) === null ? nothing : html`<button class="link" @click=${() => library(app, m)}>Write <b><bdi>${m.suggestion}</bdi></b></button>`}</li>`)}</ul>`
}

/** The text with what was meant in the place of the word that is wrong; null where that is not clear. */
export function replaced(m: Mistake, text: string): string | null {
  const rows = text.split('\n'), row = m.line ? rows[m.line - 1] : undefined
  if (!m.suggestion || row === undefined) return null
  const from = m.column ? m.column - 1 : row.search(/\S/), word = /^[\w-]+/.exec(row.slice(from))?.[0]
  if (!word || (!m.column && !m.key.endsWith(word))) return null
  rows[m.line! - 1] = row.slice(0, from) + m.suggestion + row.slice(from + word.length)
  return rows.join('\n')
}
function library(app: App, m: Mistake): void {
  const text = replaced(m, app.library.draft?.text ?? '')
  if (text !== null) app.library.type(text)
}

function goTo(e: Event, m: Mistake): void {
  const area = (e.target as HTMLElement).closest('.desk')?.querySelector('textarea')
  if (!area || !m.line) return
  const before = area.value.split('\n').slice(0, m.line - 1).join('\n').length + (m.line > 1 ? 1 : 0), at = before + (m.column ? m.column - 1 : 0)
  const end = m.column ? at + (/^[\w-]+/.exec(area.value.slice(at))?.[0].length ?? 1) : area.value.indexOf('\n', at)
  area.focus()
  area.setSelectionRange(at, end < 0 ? area.value.length : end)
  area.scrollTop = (m.line - 4) * parseFloat(getComputedStyle(area).lineHeight)
}

function preview(app: App, d: Draft): TemplateResult {
  const { library } = app, p = d.preview, running = p?.state === 'running'
  const begin = (e: SubmitEvent): void => {
    e.preventDefault()
    void library.try(Number(new FormData(e.target as HTMLFormElement).get('hours')))
  }
  return html`<h4>Would it have fired?</h4>
    <form class="zone-buttons preview-form" @submit=${begin}>
      ${library.archive ? html`<label>over the last <select name="hours" ?disabled=${running}>${HOURS.map(([h, word]) => html`<option value=${h} ?selected=${h === d.hours}>${word}</option>`)}</select></label>` : html`<input type="hidden" name="hours" value="24" /><span class="quiet">The node keeps no archive: it is tried on its cases.</span>`}
      ${running ? html`<button type="button" class="warn" @click=${() => void library.stop()}>Stop</button>` : html`<button class="go" ?disabled=${!library.good || library.busy} title="Ctrl-Enter">Would it have fired?</button>`}
    </form>
    <div role="status">${running ? html`<p><progress max="1" .value=${p.share}></progress> ${Math.round(100 * p.share)} % of ${p.over}, ${p.what}</p>` : nothing}
      ${p?.state === 'refused' ? html`<p class="problem"><bdi>${p.problem}</bdi></p>` : nothing}
      ${p?.state === 'cancelled' ? html`<p class="quiet">Stopped.</p>` : nothing}
      ${p?.trial ? html`${d.tried === d.text ? nothing : html`<p class="caution-text">▲ The text has changed since it was tried.</p>`}${trial(app, p.trial)}` : nothing}</div>`
}

function keep(app: App, d: Draft): TemplateResult {
  const { library } = app
  const submit = (e: SubmitEvent): void => {
    e.preventDefault()
    app.alerts.who = String(new FormData(e.target as HTMLFormElement).get('who'))
    void library.save(app.alerts.who)
  }
  return html`<h4>Hold it on trial</h4>
    <form class="zone-form" @submit=${submit}>
      <p class="quiet">It is looked for and told to nobody until somebody makes it active. That asks for a proof: a file of cases (.cases.parquet).</p>
      <label>Cases <input type="file" accept=".parquet" @change=${(e: Event) => void chosen(app, e)} /></label>
      ${d.casesName ? html`<p class="quiet">With <bdi>${d.casesName}</bdi>.</p>` : nothing}
      <label>Your name <input name="who" required maxlength="80" autocomplete="name" .value=${app.alerts.who} /></label>
      <p class="zone-buttons"><button class="go" ?disabled=${!library.good || library.busy}>${library.busy ? 'Proving it …' : 'Hold it on trial'}</button></p>
    </form>`
}

async function chosen(app: App, e: Event): Promise<void> {
  const file = (e.target as HTMLInputElement).files?.[0], { library } = app
  if (!file) return library.prove('', '')
  if (file.size > CASES_MAX) {
    library.detailProblem = `${file.name} has ${(file.size / 1e6).toFixed(1)} MB: expected at most ${CASES_MAX / 1e6} MB.`
    return library.prove('', '')
  }
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768))
  library.prove(btoa(text), file.name)
}

function scrolled(e: Event): void {
  const area = e.target as HTMLTextAreaElement
  area.previousElementSibling!.scrollTop = area.scrollTop
}
/** The numbers stay beside their lines after each drawing. */
export function fitted(box: HTMLElement): void {
  const area = box.querySelector<HTMLTextAreaElement>('.editor textarea')
  if (area) area.previousElementSibling!.scrollTop = area.scrollTop
}

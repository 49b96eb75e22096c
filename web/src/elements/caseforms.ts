/** The forms of a case: its words, its end, a note, what was done, a file, and what does not count. */
import { html, nothing, type TemplateResult } from 'lit'
import type { App } from '../app'
import { LONG, OUTCOME_WORDS, WORDS, type CaseDetail } from '../cases'

const FILE_MAX = 32 * 1024 * 1024
const TITLES = { words: 'Write', close: 'Close the case', note: 'A note', action: 'Something that was done', file: 'A file', withdraw: 'It does not count', sign: '' } as const

export function caseForm(app: App, c: CaseDetail): TemplateResult | typeof nothing {
  const { cases } = app, { form } = cases
  if (!form) return nothing
  return html`<form class="zone-form case-form" aria-label=${TITLES[form]} @submit=${(e: SubmitEvent) => void submit(app, e)}>
    <h4>${form === 'sign' ? cases.pending?.title : TITLES[form]}</h4>
    ${fields(app, c)}
    <label>Your name <input name="who" class=${form === 'sign' ? 'first' : ''} required maxlength="80" autocomplete="name" .value=${app.alerts.who} /></label>
    <p class="zone-buttons"><button class="go" ?disabled=${cases.busy}>${form === 'sign' ? 'Yes' : form === 'close' ? 'Close it' : form === 'withdraw' ? 'Withdraw it' : 'Keep it'}</button><button type="button" @click=${() => cases.askFor('')}>Cancel (Esc)</button></p>
  </form>`
}

function fields(app: App, c: CaseDetail): TemplateResult {
  switch (app.cases.form) {
    case 'close': return html`<label>It was <select name="outcome" class="first" required>${app.cases.outcomes.map((one) => html`<option value=${one} ?selected=${one === (c.outcome || 'confirmed')}>${OUTCOME_WORDS[one] ?? one}</option>`)}</select></label>${words(app, c)}`
    case 'words': return html`<label>Title <input name="title" class="first" maxlength="200" .value=${c.title} /></label>${words(app, c)}`
    case 'note': return html`<label class="tall">Note <textarea name="text" class="first" rows="4" required maxlength="10000"></textarea></label>`
    case 'action': return html`<label class="tall">What <textarea name="text" class="first" rows="2" required maxlength="10000" placeholder="hailed on channel 16, no answer"></textarea></label><label>By <input name="by" maxlength="200" placeholder="patrol 7" /></label><label>When <span><input name="ago" type="number" min="0" max="100000" step="1" value="0" required /> minutes ago</span></label>`
    case 'file': return html`<label>File <input name="file" class="first" type="file" required /></label><label>What <input name="what" maxlength="200" placeholder="port log of 12 May" /></label><p class="quiet">At most 32 MB. It is kept as it is, with its hash.</p>`
    case 'sign': return html``
    default: return html`<p class="quiet">It stays in the case, marked with who withdrew it and why.</p><label>Why <input name="why" class="first" maxlength="400" required placeholder="another boat" /></label>`
  } // prettier-ignore
}

function words(app: App, c: CaseDetail): TemplateResult[] {
  return WORDS.map(([field, name]) => {
    const value = c.words[field]?.value ?? '', long = LONG.includes(field)
    const list = field === 'pattern' ? html`<datalist id="pattern-names">${[...new Set(app.library.list.map((one) => one.name))].map((one) => html`<option value=${one}></option>`)}</datalist>` : nothing
    return html`<label class=${long ? 'tall' : ''}>${name} ${long ? html`<textarea name=${field} rows=${field === 'analysis' ? 4 : 2} maxlength="10000" .value=${value}></textarea>` : html`<input name=${field} maxlength=${field === 'pattern' ? 80 : 200} list=${field === 'pattern' ? 'pattern-names' : nothing} .value=${value} />`}</label>${list}`
  })
}

async function submit(app: App, e: SubmitEvent): Promise<void> {
  e.preventDefault()
  const { cases } = app, { form, detail } = cases
  if (!detail) return
  const f = new FormData(e.target as HTMLFormElement), told = (name: string): string => String(f.get(name) ?? ''), who = told('who')
  app.alerts.who = who
  /** Only what was changed: what is told again would be a word of its own. */
  const changed = (): Record<string, string> => Object.fromEntries([...WORDS.map(([field]) => field), 'title'].filter((field) => f.has(field) && told(field) !== (field === 'title' ? detail.title : (detail.words[field]?.value ?? ''))).map((field) => [field, told(field)]))
  switch (form) {
    case 'close': return void (await cases.say('close', { who, outcome: told('outcome'), ...changed() }))
    case 'words': return void (await cases.say('edit', { who, ...changed() }))
    case 'note': return void (await cases.say('note', { who, text: told('text') }))
    case 'action': return void (await cases.say('action', { who, text: told('text'), by: told('by'), done_at: app.ageNow - 60 * Number(told('ago')) }))
    case 'sign': return void (cases.pending && (await cases.say(cases.pending.what, { who, ...cases.pending.told })))
    case 'withdraw': return void (await cases.say('withdraw', { who, item: cases.item, why: told('why') }))
    case 'file': {
      const file = f.get('file') as File
      if (file.size <= FILE_MAX) return void (await cases.addFile(who, file, told('what')))
      cases.problem = `${file.name} has more than 32 MB.`
      return cases.askFor('file')
    }
  } // prettier-ignore
}

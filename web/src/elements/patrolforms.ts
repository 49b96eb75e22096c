/** The patrol's cards and forms: one sortie, one vehicle, what if, a vessel to be looked at. */
import { html, nothing, type TemplateResult } from 'lit'
import { sentence } from '../answer'
import type { App } from '../app'
import { stopsOf, type Asked, type Sortie } from '../patrol'
import { FIGURES, whyOf } from '../patrolwords'
import { place, share, when } from '../words'

export const told = (e: SubmitEvent): ((name: string) => string) => {
  e.preventDefault()
  const f = new FormData(e.target as HTMLFormElement)
  return (name) => String(f.get(name) ?? '')
}
export const remembered = (app: App, who: string): string => (app.alerts.who = who)
export const whoField = (app: App): TemplateResult => html`<label>Your name <input name="who" required maxlength="80" autocomplete="name" .value=${app.alerts.who} /></label>`

export function sortieCard(app: App, s: Sortie): TemplateResult {
  const { patrol } = app, now = patrol.told?.time ?? app.now, v = patrol.vehicleOf(s.vehicle), hours = (s.landing - s.launch) / 3600
  const stops = stopsOf(s), next = stops.find((stop) => stop.leave > now)
  return html`<aside class="patrol-card" aria-label="Sortie of ${s.vehicle}">
    <header class="vessel-head"><div><h3><bdi>${s.vehicle}</bdi></h3><span class="quiet">${v?.platform ?? ''}</span></div><button @click=${() => app.showSortie(s)}>Show</button><button aria-label="Close" @click=${() => app.chooseSortie(null)}>✕</button></header>
    <dl>
      <dt>From</dt><dd>${s.start || 'aloft'} ${when(s.launch, now, 5)}</dd>
      <dt>To</dt><dd>${s.end ? html`${s.end} ${when(s.landing, now, 5)}` : html`lost ${when(s.landing, now, 5)}`}</dd>
      <dt>Out</dt><dd>${hours.toFixed(1)} h${v ? `, ${share(hours / v.endurance_h)} of its ${v.endurance_h.toFixed(1)} h` : ''}</dd>
      ${next && s.launch <= now ? html`<dt>Next</dt><dd>${next.purpose === 'cell' ? 'a cell' : next.name} ${when(next.arrive, now, 5)}</dd>` : nothing}
      <dt>Why</dt><dd>${whyOf(s, patrol, now).map((line) => html`<bdi>${line}</bdi><br />`)}</dd>
    </dl>
    <details><summary>${stops.length} stops</summary><ul class="log">${stops.map((stop) => html`<li class=${stop.leave < now ? 'quiet' : ''}>${when(stop.arrive, now, 5)}–${when(stop.leave, now, 5)} ${stop.purpose === 'cell' ? `cell ${stop.name}` : stop.name}</li>`)}</ul></details>
    ${s.landing > now ? proposing(app, s) : nothing}
    <p><button @click=${() => patrol.chooseVehicle(s.vehicle)}>${s.vehicle} is lost …</button></p>
  </aside>`
}

/** Its tasks go to the operator, who accepts them as any others. */
function proposing(app: App, s: Sortie): TemplateResult {
  const { patrol } = app
  const submit = (e: SubmitEvent): void => {
    const field = told(e)
    void patrol.propose(remembered(app, field('who')), s)
  }
  return html`<form class="zone-form" aria-label="Propose its tasks" @submit=${submit}>
    ${whoField(app)}
    <p class="zone-buttons"><button class="go" ?disabled=${patrol.busy || patrol.waiting}>${patrol.waiting ? 'Being worked out …' : 'Propose its tasks'}</button></p>
    <p class="quiet">Each waits for the operator of ${s.vehicle}, and is sent at its time.</p>
  </form>`
}

export function vehicleCard(app: App, name: string): TemplateResult {
  const { patrol } = app, v = patrol.vehicleOf(name), lost = patrol.told?.changes.lost.includes(name) ?? false, mine = patrol.sorties.filter((s) => s.vehicle === name)
  const submit = (e: SubmitEvent): void => {
    const field = told(e)
    void patrol.lose(remembered(app, field('who')), name, lost, field('reason'))
  }
  return html`<aside class="patrol-card" aria-label="Vehicle ${name}">
    <header class="vessel-head"><div><h3><bdi>${name}</bdi></h3><span class="quiet">${v?.platform ?? ''}${v?.on_call ? ', on call' : ''}</span></div><button aria-label="Close" @click=${() => patrol.chooseVehicle('')}>✕</button></header>
    <p>${lost ? 'It is lost: nothing is planned with it.' : `Home ${v?.home ?? ''}, out for ${v?.endurance_h.toFixed(1) ?? '–'} h at most; ${mine.length} sorties.`}</p>
    <form class="zone-form" @submit=${submit}>
      ${whoField(app)}<label>Why <input name="reason" maxlength="500" placeholder=${lost ? 'mended' : 'engine'} /></label>
      <p class="zone-buttons"><button class="go" ?disabled=${patrol.busy || patrol.waiting}>${lost ? 'It is back' : 'It is lost'}</button></p>
      <p class="quiet">The plan is changed at once; what flies now goes on for five minutes.</p>
    </form>
  </aside>`
}

export function whatIf(app: App): TemplateResult {
  const { patrol } = app, { question: q, answer } = patrol
  const tick = (list: string[], name: string) => (): void => {
    const at = list.indexOf(name)
    at < 0 ? list.push(name) : list.splice(at, 1)
  }
  const boxes = (title: string, list: string[], names: string[]): TemplateResult => html`<fieldset><legend>${title}</legend>${names.map((name) => html`<label class="tick"><input type="checkbox" .checked=${list.includes(name)} @change=${tick(list, name)} />${name}</label>`)}</fieldset>`
  const submit = (e: SubmitEvent): void => {
    const field = told(e)
    q.wind_kn = field('wind') === '' ? null : Number(field('wind'))
    q.seconds = Number(field('seconds'))
    void patrol.ask(remembered(app, field('who')))
  }
  return html`<div class="patrol-asked">
    <form class="zone-form" aria-label="What if" @submit=${submit}>
      ${boxes('Vehicles lost', q.lost, patrol.vehicles.map((v) => v.name))} ${boxes('Places closed', q.places, patrol.places.map((p) => p.name))}
      <div class="patrol-fields"><label>Wind <span><input name="wind" type="number" min="0" max="120" step="1" placeholder="as it is" .value=${q.wind_kn === null ? '' : String(q.wind_kn)} /> kn from now on</span></label>
      <label>Search <span><input name="seconds" type="number" min="1" max="120" required .value=${String(q.seconds)} /> s</span></label>${whoField(app)}</div>
      <p class="zone-buttons"><button class="go" ?disabled=${patrol.busy || patrol.waiting || !patrol.told?.plan}>${patrol.waiting ? 'Being worked out …' : 'What if?'}</button> <span class="quiet">Nothing is put in force.</span></p>
    </form>
    ${answer ? beside(app, answer) : patrol.waiting ? html`<p>Both plans are searched on from now: with what is asked, and without. About ${Math.round(q.seconds + 12)} s${q.wind_kn === null ? '' : ', more for another weather'}.</p>` : nothing}
  </div>`
}

/** Figures from now on, as it is and as it would be. */
function beside(app: App, a: Asked): TemplateResult {
  const { patrol } = app
  if (a.state === 'failed') return html`<p class="problem" role="alert">${sentence(a.problem)}</p>`
  const submit = (e: SubmitEvent): void => {
    const field = told(e)
    void patrol.adopt(remembered(app, field('who')), field('reason'))
  }
  return html`<div class="patrol-answer">
    <table class="facts"><thead><tr><th>from now on</th><th>as it is</th><th>what if</th></tr></thead><tbody>
      ${FIGURES.filter(([key]) => a.figures[key] !== undefined).map(([key, name, words]) => html`<tr><th>${name}</th><td>${a.before[key] === undefined ? '–' : words(a.before[key])}</td><td><b>${words(a.figures[key]!)}</b></td></tr>`)}
    </tbody></table>
    ${a.shortfalls.length ? html`<p>Not met then:</p><ul class="patrol-short">${a.shortfalls.map((s) => html`<li><bdi>${s.demand}: ${s.because}</bdi></li>`)}</ul>` : html`<p>Stations and vessels are all met.</p>`}
    <form class="zone-form" aria-label="Take over" @submit=${submit}>
      ${whoField(app)}<label>Why <input name="reason" maxlength="500" /></label>
      <p class="zone-buttons"><button class="go" ?disabled=${patrol.busy || patrol.waiting || a.of !== patrol.told?.plan?.number}>Take over</button> ${a.of !== patrol.told?.plan?.number ? html`<span class="quiet">Another plan is in force by now: ask again.</span>` : nothing}</p>
    </form>
  </div>`
}

export function lookForm(app: App): TemplateResult {
  const { patrol } = app, g = patrol.goal
  if (!g) return html``
  const submit = (e: SubmitEvent): void => {
    const field = told(e)
    patrol.goal = { ...g, name: field('name'), speed_kn: Number(field('speed')), course_deg: Number(field('course')) }
    void patrol.look(remembered(app, field('who')), Number(field('within')), Number(field('stay')), field('reason'))
  }
  const looks = patrol.told?.changes.looks ?? []
  return html`<div class="patrol-asked"><form class="zone-form" aria-label="Look at a vessel" @submit=${submit}>
      <p>Where: ${g.at ? html`<b>${place(...g.at)}</b>` : 'nothing yet'} ${patrol.picking ? html`<span class="quiet">Click it on the map; without a mouse: arrows move the map, the space bar puts it at the cross.</span>` : html`<button type="button" @click=${() => patrol.pick()}>Another place</button>`}</p>
      <div class="patrol-fields">
      <label>Called <input name="name" required maxlength="40" .value=${g.name} /></label>
      <label>Goes <span><input name="speed" type="number" min="0" max="80" step="0.1" required .value=${g.speed_kn.toFixed(1)} /> kn <input name="course" type="number" min="0" max="360" step="1" required .value=${g.course_deg.toFixed(0)} /> °</span></label>
      <label>Within <span><input name="within" type="number" min="1" max="1440" required .value=${'120'} /> min, stay <input name="stay" type="number" min="0" max="600" required .value=${'10'} /> min</span></label>
      <label>Why <input name="reason" maxlength="500" .value=${g.alert ? `alert ${g.alert}` : ''} /></label>${whoField(app)}</div>
      <p class="zone-buttons"><button class="go" ?disabled=${patrol.busy || patrol.waiting || !g.at}>${patrol.waiting ? 'Being planned …' : 'Send somebody'}</button> <span class="quiet">The plan is changed at once. Its tasks still wait for their operators.</span></p>
    </form>
    ${looks.length ? html`<div><h3>Looked for</h3><ul class="log">${looks.map((l) => {
      const stop = patrol.sorties.flatMap((s) => s.stops.map((one) => ({ s, one }))).find(({ one }) => one.purpose === 'vessel' && one.name === l.name)
      return html`<li><b><bdi>${l.name}</bdi></b> by ${when(l.by, patrol.told!.time, 5)}: ${stop ? html`${stop.s.vehicle} is there ${when(stop.one.arrive, patrol.told!.time, 5)} <button class="link" @click=${() => app.chooseSortie(stop.s)}>Show</button>` : 'nobody gets there in time'}</li>`
    })}</ul></div>` : nothing}
  </div>`
}

/** The patrol's form for a zone that is to be looked at every so many hours, and the zones that are. */
import { html, nothing, type TemplateResult } from 'lit'
import type { App } from '../app'
import { VESSELS } from '../patrolwords'
import { remembered, told, whoField } from './patrolforms'

const NAME_MAX = 40
const AROUND = '0' // instead of the number of a zone: around the alert

export function zoneForm(app: App): TemplateResult {
  const { patrol, zones } = app, drawn = zones.list.filter((z) => z.shape === 'polygon'), there = patrol.told?.changes.demands ?? []
  const { around } = patrol, options = drawn.length + (around ? 1 : 0)
  const submit = (e: SubmitEvent): void => {
    const field = told(e), who = remembered(app, field('who'))
    const how = { every_h: Number(field('every')), weight: Number(field('weight')) || null, vessel: field('vessel') || null, reason: field('reason') }
    if (field('zone') === AROUND) return void patrol.demand({ who, name: `around alert ${around}`, alert: around, around_km: Number(field('around')), ...how })
    const z = drawn.find((one) => one.number === Number(field('zone')))
    if (!z) return
    patrol.zone = z.number
    void patrol.demand({ who, name: z.name.slice(0, NAME_MAX), corners: z.rings[0]!, ...how })
  }
  if (!options && !there.length) return html`<p>No zones yet: draw a polygon first (<b>o</b>), or choose <i>Patrol around it …</i> at an alert; then it can be patrolled.</p>`
  return html`<div class="patrol-asked"><form class="zone-form" aria-label="Patrol a zone" @submit=${submit}>
      <div class="patrol-fields">
      <label>Zone <select name="zone" required @change=${(e: Event) => patrol.zoneOf(Number((e.target as HTMLSelectElement).value))}>${around ? html`<option value=${AROUND} ?selected=${patrol.circled}>around alert ${around}</option>` : nothing}${drawn.map((z) => html`<option value=${z.number} ?selected=${z.number === patrol.zone}>${z.name}</option>`)}</select></label>
      ${patrol.circled ? html`<label>So far around <span><input name="around" type="number" min="1" max="200" step="1" required .value=${'20'} /> km</span></label>` : nothing}
      <label>Looked at every <span><input name="every" type="number" min="0.1" max="240" step="0.1" required .value=${'2'} /> h</span></label>
      <label>For <select name="vessel"><option value="">as there</option>${Object.entries(VESSELS).map(([id, word]) => html`<option value=${id}>${word}</option>`)}</select></label>
      <label>Weight <input name="weight" type="number" min="0.01" max="1000" step="0.01" placeholder="as there" /></label>
      <label>Why <input name="reason" maxlength="500" /></label>${whoField(app)}</div>
      <p class="zone-buttons"><button class="go" ?disabled=${patrol.busy || patrol.waiting || !options || !patrol.told?.plan}>${patrol.waiting ? 'Being planned …' : 'Patrol it'}</button> <span class="quiet">All is prepared anew, then the plan is changed.${patrol.circled ? ' It goes where the alert’s vessels go, and ends with the alert.' : nothing}</span></p>
    </form>
    ${there.length ? patrolled(app) : nothing}
  </div>`
}

/** Those that are patrolled, each with its way back. */
function patrolled(app: App): TemplateResult {
  const { patrol } = app
  const submit = (e: SubmitEvent): void => {
    const field = told(e)
    void patrol.giveUp(remembered(app, field('who')), field('name'))
  }
  return html`<div><h3>Patrolled</h3>
    <ul class="log">${patrol.told!.changes.demands.map((d) => html`<li><b><bdi>${d.name}</bdi></b> every ${d.every_h} h, for ${VESSELS[d.vessel] ?? d.vessel}, weight ${d.weight}</li>`)}</ul>
    <form class="zone-form" aria-label="No more" @submit=${submit}>
      <label>Zone <select name="name" required>${patrol.told!.changes.demands.map((d) => html`<option>${d.name}</option>`)}</select></label>${whoField(app)}
      <p class="zone-buttons"><button ?disabled=${patrol.busy || patrol.waiting}>Patrol it no more</button></p>
    </form></div>`
}

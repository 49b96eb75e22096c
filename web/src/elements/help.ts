/** Keys and what the symbols mean. */
import { html, type TemplateResult } from 'lit'
import { SIGNS, URGENCIES } from '../alerts'
import { ASSET_KINDS } from '../assets'
import { Panel } from '../element'
import { CATEGORIES } from '../picture'
import { nameIndex, symbolImage } from '../symbols'

const KEYS: [string, string][] = [
  ['/', 'search'], ['Esc', 'end measuring, close, let go of the vessel'], ['+ −', 'zoom'], ['arrows', 'move the map (map focused) or go through the list'],
  ['n', 'next palette'], ['l', 'lock or unlock the list'], ['c', 'bring the vessel to the middle'], ['h', 'health: alarms, feeds, clocks, archive'], ['a', 'to the alerts'], ['k', 'acknowledge the chosen alert'], ['z', 'all of the chosen alert on the map'], ['m', 'no sound for 5 minutes'], ['o', 'zones: list, draw, change'], ['t', 'ours, and their tasks'], ['r', 'reports: what people told; tell what was seen'], ['p', 'patrol: who is out when, what if'], ['b', 'library: patterns, what they told'], ['e', 'cases'], ['w', 'who was here? (under the cursor, else mid-map)'], ['Right-click', 'who was here? Report what was seen here (touch: rest a finger)'], ['Ctrl-click', 'measure; sticks to vessels'], ['?', 'this page'],
] // prettier-ignore

export class Help extends Panel {
  protected readonly on = ['palette']

  protected override render(): TemplateResult {
    const { atlas } = this.app.chart
    const row = (name: string, text: string): TemplateResult => html`<div class="key"><img src=${symbolImage(atlas, name, 30)} width="30" height="30" alt="" />${text}</div>`
    const pick = (category: number, held: number, pointed: number, status: number): string => atlas.names[nameIndex(category, held, pointed, status)]!
    return html`<dialog aria-label="Help">
      <div class="dialog-head"><h2>Keys and symbols</h2><button autofocus @click=${() => this.toggle()}>Close</button></div>
      <div class="help-columns">
        <section><h3>Keys</h3>${KEYS.map(([key, what]) => html`<div class="key"><kbd>${key}</kbd>${what}</div>`)}</section>
        <section><h3>Who sees it, how sure</h3>
          ${row(pick(1, 1, 1, 0), 'AIS only: triangle')} ${row(pick(0, 0, 1, 0), 'radar only, or seen only: circle')} ${row(pick(1, 2, 1, 0), 'AIS and radar: triangle in a circle')}
          ${row(pick(1, 1, 0, 0), 'direction not known: diamond')} ${row(pick(1, 2, 1, 1), 'coasting: hollow, dashed, with its age')} ${row(pick(1, 2, 1, 2), 'faded: faint, where last known')}
          ${row('distress-0', 'distress: AIS-SART, MOB, EPIRB')} ${row('mark-station', 'AIS base station')} ${row('mark-aid', 'aid to navigation')} ${row('mark-off', 'aid off its position')} ${row('mark-own', 'own ship')} ${row('report', 'told by a person; fades with age')}
          <h3>Alerts</h3>${URGENCIES.map((u) => html`<div class="key"><b class="urgency ${u}">${SIGNS[u]}</b>${u}</div>`)}
        </section>
        <section><h3>Type, by colour and stern</h3>${CATEGORIES.slice(0, 10).map((name, c) => row(pick(c, 1, 1, 0), name))}
          <h3>Ours</h3>${ASSET_KINDS.map((kind) => row(`asset-${kind}-0`, kind))} ${row('asset-aircraft-1', 'silent: hollow, dashed')}
          <h3>Mesh</h3><div class="key"><b>◆</b>node, with its name; ringed: this one</div><div class="key"><b>◇</b>node that is not heard now</div>
          <div class="key"><b>──</b>link</div><div class="key"><b>╍╍</b>link with a backlog</div><div class="key"><b>····</b>link that is down</div>
        </section>
      </div>
    </dialog>`
  }

  toggle(): void {
    const dialog = this.querySelector('dialog')!
    if (dialog.open) dialog.close()
    else dialog.showModal()
  }
}
customElements.define('mh-help', Help)

/** The mesh in the panel of health: other nodes, this node's links, links that are not up, what was refused. */
import { html, nothing, type TemplateResult } from 'lit'
import type { NodeHealth } from '../app'
import { BACKLOG, UNHEARD_S, type Mesh, type MeshLink, type MeshNode } from '../mesh'
import { bytes, count, offset, roughAge } from '../words'
import { reasons } from './feeds'

type Mark = (bad: boolean, text: string) => TemplateResult | string
const mark: Mark = (bad, text) => (bad ? html`<b>▲ ${text}</b>` : text)

export function meshSection(mesh: Mesh, health: NodeHealth): TemplateResult {
  const standing = (key: string): boolean => health.alarms.some((a) => a.key === key && a.until === null)
  const { me, nodes, links, missing = [] } = mesh
  const refused = Object.entries(mesh.refused), unknown = Object.entries(mesh.unknown)
  return html`<section class="health-feed mesh-section" aria-label="Mesh">
    <h3 class="feed-head"><b>Mesh</b> <span class="quiet">${me.name}, with ${count(nodes.length)} other ${nodes.length === 1 ? 'node' : 'nodes'}</span></h3>
    ${standing('mesh-clock') ? html`<p class="problem">✕ This computer's clock: ${offset(me.clock_error_s)}, by the clocks of most other nodes</p>` : nothing}
    ${nodes.length
      ? html`<table class="stations mesh-nodes">
          <thead><tr><th>Node</th><th class="number" title="That it has told and not taken back">vessels</th><th class="number" title="With which it watches, those that stand somewhere">sensors</th><th class="number">heard</th><th title="The neighbour that passes on what it tells">through</th><th class="number" title="By which its clock is ahead of ours">clock</th><th class="number" title="Its own links">links</th><th>release</th></tr></thead>
          <tbody>${nodes.map((n) => node(n, standing))}</tbody>
        </table>`
      : html`<p class="quiet">No other node has been heard yet.</p>`}
    ${links.length || missing.length
      ? html`<table class="stations mesh-links">
          <thead><tr><th>Link to</th><th>profile</th><th>state</th><th class="number" title="There and back">round trip</th><th class="number" title="Batches that wait to be sent">waiting</th><th class="number" title="Sent and not acknowledged">under way</th><th class="number">sent</th><th class="number">received</th><th class="number" title="Frames sent once more">resent</th></tr></thead>
          <tbody>${links.map((l) => link(l))}${missing.map((m) => html`<tr><td>${m.address}</td><td>${m.profile}</td><td>${mark(true, `down ${roughAge(m.since_s)}`)}</td><td colspan="6"></td></tr>`)}</tbody>
        </table>`
      : html`<p class="quiet">No link is up.</p>`}
    ${refused.length ? refused.map(([who, why]) => html`<p class=${standing(`mesh-refused:${who}`) ? 'problem' : 'quiet'}>refused of ${who}: ${reasons(why)}</p>`) : html`<p class="quiet">nothing was refused</p>`}
    ${unknown.length ? html`<p class="quiet">kept, but of kinds that this release does not know: ${unknown.map(([kind, n]) => `kind ${kind}: ${count(n)}`).join(', ')}</p>` : nothing}
  </section>`
}

function node(n: MeshNode, standing: (key: string) => boolean): TemplateResult {
  const silent = n.heard_s !== null && n.heard_s > UNHEARD_S, placed = n.lat_deg !== null && n.lon_deg !== null
  return html`<tr>
    <td>${n.name}${placed ? nothing : html` <span class="quiet" title="It has not told where it stands: it is not on the map">no place</span>`}</td>
    <td class="number">${count(n.vessels)}</td>
    <td class="number">${typeof n.sensors === 'number' ? count(n.sensors) : ''}</td>
    <td class="number">${n.heard_s === null ? 'never' : mark(silent, roughAge(n.heard_s))}</td>
    <td>${n.through ? (n.through === n.name ? 'itself' : n.through) : mark(true, 'not reached')}</td>
    <td class="number">${n.clock_offset_s === null ? '–' : mark(standing(`mesh-clock:${n.author}`), offset(n.clock_offset_s))}</td>
    <td class="number">${count(n.links.length)}</td><td>${n.release}</td>
  </tr>`
}

function link(l: MeshLink): TemplateResult {
  const trip = l.round_trip_s === null ? '–' : l.round_trip_s < 1 ? `${(1000 * l.round_trip_s).toFixed(1)} ms` : `${l.round_trip_s.toFixed(1)} s`
  return html`<tr title=${l.address}>
    <td>${l.name}</td><td>${l.profile}</td><td>${l.greeted ? `up ${roughAge(l.up_s)}` : mark(true, 'greeting')}</td>
    <td class="number">${trip}</td><td class="number">${mark(l.waiting > BACKLOG, count(l.waiting))}</td>
    <td class="number">${bytes(l.under_way)}</td><td class="number">${bytes(l.sent_bytes)}</td><td class="number">${bytes(l.got_bytes)}</td><td class="number">${count(l.resent)}</td>
  </tr>`
}

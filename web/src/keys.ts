/** Keys that work anywhere on the page; letters rest while somebody types. */
import type { App } from './app'
import type { AlertList } from './elements/alerts'
import { MUTE_MIN } from './bell'
import { drawingKey } from './drawing'
import { ask } from './elements/decide'
import type { Health } from './elements/health'
import type { Help } from './elements/help'
import type { List } from './elements/list'

export function listenToKeys(app: App): void {
  const help = document.querySelector<Help>('mh-help')!, list = document.querySelector<List>('mh-list')!
  const health = document.querySelector<Health>('mh-health')!, alerts = document.querySelector<AlertList>('mh-alerts')!
  const search = (): HTMLInputElement => document.getElementById('search') as HTMLInputElement
  const plain: Record<string, () => void> = {
    '/': () => {
      search().focus()
      search().select()
    },
    '+': () => app.chart.map.zoomIn({ duration: 150 }),
    '=': () => app.chart.map.zoomIn({ duration: 150 }),
    '-': () => app.chart.map.zoomOut({ duration: 150 }),
    n: () => app.nextPalette(),
    l: () => list.lock(),
    c: () => app.centre(),
    h: () => health.toggle(),
    w: () => app.whoWasHere(),
    a: () => alerts.focusFirst(),
    k: () => acknowledge(app),
    z: () => app.zoomToAlert(),
    o: () => app.zones.kept && app.zones.toggle(),
    t: () => app.tasks.toggle(),
    r: () => app.toggleReports(),
    p: () => app.togglePatrol(),
    b: () => app.toggleLibrary(),
    e: () => app.toggleCases(),
    m: () => app.bell.mute(app.bell.muted_s ? 0 : MUTE_MIN),
    '?': () => help.toggle(),
  }
  document.addEventListener('help', () => help.toggle())
  document.addEventListener('health', () => health.toggle())
  document.addEventListener('keydown', (e) => {
    if (e.key === 'Escape' && document.querySelector('dialog[open]')) return // it closes itself
    if (!document.querySelector('dialog[open]') && drawingKey(app, e)) {
      e.preventDefault()
      return e.stopPropagation()
    }
    if (askingKey(app, e)) {
      e.preventDefault()
      return e.stopPropagation()
    }
    if (e.key === 'Escape') health.open ? health.toggle() : escape(app)
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]')) return
    const at = e.target as HTMLElement
    if (at.matches('input, select, textarea')) return
    const action = plain[e.key]
    if (!action) return
    e.preventDefault()
    e.stopPropagation()
    action()
  }, { capture: true }) // prettier-ignore
}

function acknowledge(app: App): void {
  const { detail } = app.alerts
  if (detail && (detail.place === 'unacknowledged' || detail.place === 'ended')) ask('acknowledge', detail)
}

/** Keys while the place of a task or of what was seen is looked for: true where one was taken. */
function askingKey(app: App, e: KeyboardEvent): boolean {
  const { tasks } = app, at = e.target as HTMLElement
  if (!app.picking || document.querySelector('dialog[open]') || at.closest('.map') === null) return false
  if (e.key === ' ') app.cornerMidMap()
  else if (!tasks.draft?.picking) return false
  else if (e.key === 'Enter' && tasks.whole) tasks.pick(false)
  else if (e.key === 'Backspace') tasks.undo()
  else return false
  return true
}

/** One step back at a time: the other vessel that is chosen, who was here, the measuring line, the search field, the past of one that is gone, the vessel. */
function escape(app: App): void {
  const at = document.activeElement as HTMLElement | null
  if (app.library.open) at?.matches('.desk input, .desk textarea, .desk select') && !app.library.deciding ? document.querySelector<HTMLElement>('.desk-body')?.focus() : app.library.back()
  else if (app.cases.open) at?.matches('.desk input, .desk textarea, .desk select') ? document.querySelector<HTMLElement>('.desk-body')?.focus() : app.cases.back()
  else if (app.zones.open && !app.nearby.at) app.zones.leaving ? app.zones.drop() : app.zones.toggle(false)
  else if (app.reports.draft) app.reports.drop()
  else if (app.patrol.open && !app.nearby.at) app.patrol.chosen || app.patrol.vehicle ? app.chooseSortie(null) : app.patrol.toggle(false)
  else if (app.tasks.draft) app.tasks.draft.picking && app.tasks.whole ? app.tasks.pick(false) : app.tasks.drop()
  else if (app.pairing.choosing) app.pairing.cancel()
  else if (app.nearby.at) app.nearby.close()
  else if (app.chart.measuring.length) app.measure([])
  else if (at?.matches('input, select')) at.blur()
  else if (app.past.subject?.vessel === 0) app.past.clear()
  else if (app.settings.selected) app.settings.select(0)
  else if (app.settings.asset) app.chooseAsset('')
  else if (app.tasks.open) app.tasks.toggle(false)
  else if (app.reports.chosen) app.chooseReport('')
  else if (app.reports.open) app.reports.toggle(false)
  else app.chooseAlert(0)
}

/** Mouse and touch on the map: choose, hover, measure, read the place, ask who was there. */
import type { MapMouseEvent } from 'maplibre-gl'
import type { App } from './app'
import { drawingClick, handleAt } from './drawing'
import { NEEDS } from './tasks'

const LONG_PRESS_MS = 600
const STILL_PX = 10 // a finger trembles

export function listenToMouse(app: App): void {
  const { chart } = app
  chart.map.on('click', (e) => {
    if (drawingClick(app, e) || askingClick(app, e)) return
    const asset = chart.pickAsset(e.point.x, e.point.y)
    if (asset && asset !== app.settings.asset && !app.pairing.choosing && !e.originalEvent.ctrlKey && !e.originalEvent.metaKey) return app.chooseAsset(asset) // once more: the vessel under it
    const sortie = asset ? null : app.patrolMap.pick(e.point.x, e.point.y)
    if (sortie && !e.originalEvent.ctrlKey && !e.originalEvent.metaKey && !app.pairing.choosing) return app.chooseSortie(sortie)
    const id = chart.pick(e.point.x, e.point.y)
    if (e.originalEvent.ctrlKey || e.originalEvent.metaKey) app.measure([...chart.measuring, { lat: e.lngLat.lat, lon: e.lngLat.lng, vessel: id }])
    else if (app.pairing.choosing) app.pairing.pick(id)
    else {
      const report = id || asset ? '' : chart.pickReport(e.point.x, e.point.y)
      if (report) return app.chooseReport(report)
      if (!id && !asset) app.chooseAsset('')
      app.settings.select(id)
    }
  })
  chart.map.on('mousemove', (e) => {
    app.point(e.lngLat)
    if (app.zones.draft) return void (chart.map.getCanvas().style.cursor = cursorOf(app, e.point.x, e.point.y))
    const id = chart.pick(e.point.x, e.point.y)
    chart.map.getCanvas().style.cursor = app.picking || (app.pairing.choosing && !id) ? 'crosshair' : id || chart.pickAsset(e.point.x, e.point.y) || chart.pickReport(e.point.x, e.point.y) || app.patrolMap.pick(e.point.x, e.point.y) ? 'pointer' : ''
    if (id !== chart.hovered) {
      chart.hovered = id
      chart.placeNames()
    }
  })
  chart.map.on('mouseout', () => app.point(null))
  chart.map.on('contextmenu', (e) => {
    e.preventDefault()
    e.originalEvent.preventDefault()
    if (!e.originalEvent.ctrlKey && !app.zones.draft) app.whoWasHere(e.lngLat) // with it, it is one way to measure
  })
  listenToLongPress(app)
}

/** A click that tells a task where, or whom, or where something was seen: true where it was one. */
function askingClick(app: App, e: MapMouseEvent): boolean {
  const { draft } = app.tasks
  if (app.reports.draft?.picking) {
    app.reports.putPlace([e.lngLat.lat, e.lngLat.lng])
    return true
  }
  if (app.patrol.picking) {
    const vessel = app.chart.pick(e.point.x, e.point.y)
    vessel ? app.patrolLook(vessel) : app.patrol.putPlace([e.lngLat.lat, e.lngLat.lng])
    return true
  }
  if (!draft?.picking) return false
  const vessel = NEEDS[draft.kind].vessel ? app.chart.pick(e.point.x, e.point.y) : 0
  if (vessel) app.tasks.putVessel(vessel)
  else app.tasks.putPlace([e.lngLat.lat, e.lngLat.lng])
  return true
}

function cursorOf(app: App, x: number, y: number): string {
  const { corner, between } = handleAt(app, x, y)
  return app.zones.draft?.drawing ? 'crosshair' : corner >= 0 ? 'move' : between >= 0 ? 'copy' : ''
}

/** A finger that rests: browsers that make a right click of it would only ask the same once more. */
function listenToLongPress(app: App): void {
  const { map } = app.chart
  let timer = 0, from = { x: 0, y: 0 }
  const stop = (): void => {
    clearTimeout(timer)
    timer = 0
  }
  map.on('touchstart', (e) => {
    stop()
    from = e.point
    if (e.points.length === 1) timer = window.setTimeout(() => requestAnimationFrame(() => timer && !app.zones.draft && app.whoWasHere(e.lngLat)), LONG_PRESS_MS) // a frame on: moves that queue behind a busy page come first
  })
  map.on('touchmove', (e) => {
    if (Math.hypot(e.point.x - from.x, e.point.y - from.y) > STILL_PX) stop()
  })
  for (const end of ['touchend', 'touchcancel'] as const) map.on(end, stop)
}

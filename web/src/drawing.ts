/** Mouse, touch and keys while a zone is drawn or its corners are moved. */
import type { MapMouseEvent, MapTouchEvent } from 'maplibre-gl'
import type { App } from './app'
import type { Corner } from './zones'

const NEAR_PX = 14
const TOUCH_PX = 24

/** The corner under a point of the screen, -1 none; `between`: the middle of an edge, as the corner it follows. */
export function handleAt(app: App, x: number, y: number, reach = NEAR_PX): { corner: number; between: number } {
  const { corners, draft } = app.zones
  const distance = (at: Corner): number => {
    const [px, py] = app.chart.toScreen(...at)
    return Math.hypot(px - x, py - y)
  }
  const nearest = (places: Corner[]): number => {
    const away = places.map(distance), least = Math.min(...away)
    return least <= reach ? away.indexOf(least) : -1
  }
  const corner = nearest(corners)
  return { corner, between: corner < 0 && !draft?.drawing ? nearest(middles(corners, draft?.shape === 'line')) : -1 }
}

/** Middles of the edges, each after the corner it follows. */
export function middles(corners: readonly Corner[], line: boolean): Corner[] {
  return corners.slice(0, line ? -1 : undefined).map(([lat, lon], i) => {
    const next = corners[(i + 1) % corners.length]!
    return [(lat + next[0]) / 2, (lon + next[1]) / 2]
  })
}

export function listenToDrawing(app: App): void {
  const { map } = app.chart, { zones } = app
  let dragged = -1, moved = false, told = 0
  const begin = (e: MapMouseEvent | MapTouchEvent, reach: number): void => {
    if (!zones.draft || zones.draft.drawing || zones.busy) return
    const { corner, between } = handleAt(app, e.point.x, e.point.y, reach)
    if (corner < 0 && between < 0) return
    e.preventDefault() // the map stays
    dragged = corner >= 0 ? corner : between + 1
    moved = false
    if (between >= 0) {
      const at = middles(zones.corners, zones.draft.shape === 'line')[between]!
      zones.put(zones.corners.toSpliced(dragged, 0, at), dragged)
      moved = true
    } else {
      zones.draft.corner = corner
      app.zonesChanged()
    }
  }
  const move = (e: MapMouseEvent | MapTouchEvent): void => {
    if (dragged < 0 || !zones.draft) return
    const was = zones.corners[dragged]!, lon = e.lngLat.lng + 360 * Math.round((was[1] - e.lngLat.lng) / 360)
    const now = performance.now()
    if (moved && now - told < 16) return // once a frame
    told = now
    zones.put(zones.corners.with(dragged, [e.lngLat.lat, lon]), dragged, moved)
    moved = true
  }
  const end = (e: MapMouseEvent | MapTouchEvent): void => {
    told = 0
    if (moved && dragged >= 0) move(e)
    dragged = -1
  }
  map.on('mousedown', (e) => begin(e, NEAR_PX))
  map.on('touchstart', (e) => e.points.length === 1 && begin(e, TOUCH_PX))
  map.on('mousemove', move)
  map.on('touchmove', move)
  map.on('mouseup', end)
  map.on('touchend', end)
  for (const let_go of ['mouseup', 'touchcancel', 'blur']) window.addEventListener(let_go, () => (dragged = -1)) // beside the map, too
  map.on('dblclick', (e) => {
    if (!zones.draft) return
    e.preventDefault() // no zoom
    zones.finish()
  })
}

/** A click on the map: true where it belongs to the drawing and chooses no vessel. */
export function drawingClick(app: App, e: MapMouseEvent): boolean {
  const { zones } = app
  if (!zones.draft) return false
  if (!zones.draft.drawing) return true // dragging has its own listeners
  if (handleAt(app, e.point.x, e.point.y).corner === 0 && zones.done) zones.finish()
  else zones.add([e.lngLat.lat, e.lngLat.lng])
  return true
}

/** Keys of drawing: true where one was taken. With the map focused, arrows move it and the space bar puts a corner mid-map. */
export function drawingKey(app: App, e: KeyboardEvent): boolean {
  const { zones } = app, { draft } = zones
  if (!draft) return false
  const on = (e.target as HTMLElement).closest('.map, body > main') !== null || e.target === document.body
  if (e.key === 'Escape') escape(app)
  else if (e.key.toLowerCase() === 'z' && (e.ctrlKey || e.metaKey)) zones.undo()
  else if (!on || e.ctrlKey || e.metaKey || e.altKey) return false
  else if (e.key === ' ' && draft.drawing) app.cornerMidMap()
  else if (e.key === 'Enter' && draft.drawing) zones.finish()
  else if (e.key === 'Backspace' && draft.drawing) zones.undo()
  else if ((e.key === 'Delete' || e.key === 'Backspace') && draft.corner >= 0) zones.remove()
  else return false
  return true
}

/** One step back: what is drawn enough is kept to be told about; what was drawn or moved goes at the second time. */
function escape(app: App): void {
  const { zones } = app
  if (zones.leaving) zones.leaving = null
  else if (zones.draft?.drawing && zones.done) return zones.finish()
  else if (zones.undoable && !zones.warned) return zones.warn()
  else zones.drop()
  app.zonesChanged()
}

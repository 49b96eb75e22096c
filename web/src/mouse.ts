/** Mouse and touch on the map: choose, hover, measure, read the place. */
import type { App } from './app'

export function listenToMouse(app: App): void {
  const { chart } = app
  chart.map.on('click', (e) => {
    const id = chart.pick(e.point.x, e.point.y)
    if (e.originalEvent.ctrlKey || e.originalEvent.metaKey) app.measure([...chart.measuring, { lat: e.lngLat.lat, lon: e.lngLat.lng, vessel: id }])
    else app.settings.select(id)
  })
  chart.map.on('mousemove', (e) => {
    app.point(e.lngLat)
    const id = chart.pick(e.point.x, e.point.y)
    chart.map.getCanvas().style.cursor = id ? 'pointer' : ''
    if (id !== chart.hovered) {
      chart.hovered = id
      chart.placeNames()
    }
  })
  chart.map.on('mouseout', () => app.point(null))
}

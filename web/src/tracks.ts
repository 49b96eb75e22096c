/** Tracks that a case keeps, on the map: a line each, with a ring where it begins. */
import * as maplibre from 'maplibre-gl'
import type { Track } from './cases'
import type { Palette } from './palettes'

const LAYERS = [['case-track', 'line-color'], ['case-begin', 'circle-stroke-color']] as const

export class Tracks {
  private shown: readonly Track[] = []
  private ready = false

  constructor(
    private readonly map: maplibre.Map,
    private palette: Palette,
  ) {
    if (map.isStyleLoaded()) this.begin()
    else map.once('style.load', () => this.begin())
  }

  private begin(): void {
    this.map.addSource('case', { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, tolerance: 0.3 })
    this.map.addLayer({ id: 'case-track', type: 'line', source: 'case', filter: ['==', ['geometry-type'], 'LineString'], layout: { 'line-join': 'round' }, paint: { 'line-width': 3, 'line-dasharray': [3, 1] } })
    this.map.addLayer({ id: 'case-begin', type: 'circle', source: 'case', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-opacity': 0, 'circle-radius': 6, 'circle-stroke-width': 2.5 } })
    this.ready = true
    this.setPalette(this.palette)
    this.put()
  }

  setPalette(palette: Palette): void {
    this.palette = palette
    if (this.ready) for (const [layer, what] of LAYERS) this.map.setPaintProperty(layer, what, palette.past)
  }

  show(tracks: readonly Track[]): void {
    if (tracks === this.shown || (!tracks.length && !this.shown.length)) return
    this.shown = tracks
    this.put()
  }
  private put(): void {
    if (!this.ready) return
    const features = this.shown.flatMap((t): GeoJSON.Feature[] => {
      const way = unbroken(t)
      return [
        { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: way } },
        { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: way[0]! } },
      ]
    })
    ;(this.map.getSource('case') as maplibre.GeoJSONSource).setData({ type: 'FeatureCollection', features })
  }
}

/** Longitudes that go on across the antimeridian. */
function unbroken(t: Track): [number, number][] {
  let last = t.lon_deg[0]!
  return t.lat_deg.map((lat, i) => {
    last = t.lon_deg[i]! + 360 * Math.round((last - t.lon_deg[i]!) / 360)
    return [last, lat]
  })
}

/** What the coast has taught, under the vessels: hexagons of traffic, reception or radar, areas of anchorages; one at a time. */
import * as maplibre from 'maplibre-gl'
import { ask, type Problem } from './answer'
import type { Palette } from './palettes'
import type { Learned as Layer, Settings } from './settings'

const AGAIN_MS = 60_000 // the node makes the layers anew every minute
const SOON_MS = 5_000 // while there are none yet
const PATIENCE_MS = 60_000
const EMPTY = { type: 'FeatureCollection' as const, features: [] }
const LEVELS: Record<Layer, maplibre.ExpressionSpecification> = {
  traffic: ['interpolate', ['linear'], ['log10', ['max', ['get', 'count'], 1]], 0, 0.1, 3, 0.75],
  reception: ['interpolate', ['linear'], ['get', 'share'], 0, 0.05, 1, 0.6],
  radar: ['interpolate', ['linear'], ['get', 'share'], 0, 0.05, 1, 0.6],
  anchorages: ['interpolate', ['linear'], ['get', 'vessels'], 0, 0.2, 100, 0.7],
}
/** where reception is known to end: drawn with a thick border */
const ENDS: maplibre.ExpressionSpecification = ['boolean', ['get', 'ends'], false]
type Told = Record<string, unknown>

/** A cell in words. MapLibre may hand nested properties over as text. */
export function wordsOf(layer: Layer, p: Told): string {
  const inner = (key: string): Record<string, number> => ((typeof p[key] === 'string' ? JSON.parse(p[key]) : p[key]) ?? {}) as Record<string, number>
  const list = (told: Record<string, number>, unit: (n: number) => string): string => Object.entries(told).map(([name, n]) => `${name} ${unit(n)}`).join(', ') // prettier-ignore
  const percent = (n: unknown): string => `${Math.round(Number(n) * 100)} %`
  if (layer === 'traffic') {
    const speeds = p.low_kn === undefined ? '' : `\nmost at ${p.low_kn === p.high_kn ? '' : `${String(p.low_kn)}–`}${String(p.high_kn)} kn`
    const way = p.way === undefined ? '' : `, ${percent(p.way_share)} towards ${String(p.way)}`
    return `${Number(p.count).toFixed(0)} came in${speeds}${way}\nvessels: ${list(inner('vessels'), String)}`
  }
  if (layer === 'anchorages') return `${String(p.name)}: ${String(p.vessels)} vessels, ${Number(p.stops).toFixed(0)} stops of 12 h`
  const what = layer === 'radar' ? 'of the vessels with AIS held' : p.proven ? 'heard, proven good' : 'heard'
  const each = list(inner('stations'), percent)
  const ends = p.ends ? '\nreception ends here: a silence tells nothing' : ''
  return `${percent(p.share)} ${what}\n${Number(p.due).toFixed(0)} looks of 6 min, ${String(p.vessels)} vessels${each ? `\n${each}` : ''}${ends}`
}

export class Learned {
  /** what there is to say of the layer as a whole */
  told = ''
  private timer = 0
  private asking = new AbortController()
  private readonly popup = new maplibre.Popup({ closeButton: false, closeOnClick: false, className: 'learned', maxWidth: '22em' })

  constructor(
    private readonly map: maplibre.Map,
    private readonly settings: Settings,
    private palette: Palette,
    private readonly changed: () => void,
  ) {
    const begin = (): void => {
      map.addSource('learned', { type: 'geojson', data: EMPTY, tolerance: 0 })
      map.addLayer({ id: 'learned-fill', type: 'fill', source: 'learned', paint: { 'fill-antialias': false } }, 'zone-fill')
      map.addLayer({ id: 'learned-line', type: 'line', source: 'learned', paint: { 'line-width': ['case', ENDS, 2.5, 0.6], 'line-opacity': ['case', ENDS, 1, 0.5] } }, 'zone-fill')
      this.choose()
    }
    if (map.isStyleLoaded()) begin()
    else map.once('style.load', begin)
    map.on('mousemove', 'learned-fill', (e) => this.point(e))
    map.on('mouseleave', 'learned-fill', () => this.popup.remove())
    settings.addEventListener('learned', () => this.choose())
  }

  setPalette(palette: Palette): void {
    this.palette = palette
    this.paint()
  }

  private paint(): void {
    const { learned } = this.settings
    if (!this.map.getLayer('learned-fill')) return
    this.map.setPaintProperty('learned-fill', 'fill-color', this.palette.css.accent)
    this.map.setPaintProperty('learned-line', 'line-color', ['case', ENDS, this.palette.css.text, this.palette.css.accent])
    if (learned) this.map.setPaintProperty('learned-fill', 'fill-opacity', LEVELS[learned])
  }

  private choose(): void {
    clearTimeout(this.timer)
    this.asking.abort()
    this.asking = new AbortController()
    this.popup.remove()
    this.put(EMPTY)
    this.paint()
    this.say(this.settings.learned ? 'asking the node …' : '')
    if (this.settings.learned) void this.fetch(this.settings.learned, this.asking.signal)
  }

  private async fetch(layer: Layer, signal: AbortSignal): Promise<void> {
    let wait = AGAIN_MS
    try {
      const shapes = await ask<GeoJSON.FeatureCollection & { left_out: number }>(`context/${layer}`, { patience_ms: PATIENCE_MS, signal })
      const n = shapes.features.length, unit = layer === 'anchorages' ? 'areas' : 'cells'
      this.put(shapes)
      this.say(n ? `${n} ${unit}${shapes.left_out ? `, ${shapes.left_out} with less left out` : ''}; point at one` : `no ${unit} yet`)
    } catch (error) {
      if (signal.aborted) return
      wait = SOON_MS
      const { status, message } = error as Problem
      this.say(status === 404 ? 'nothing learned yet' : message)
    }
    if (!signal.aborted) this.timer = window.setTimeout(() => void this.fetch(layer, signal), wait)
  }

  private point(e: maplibre.MapMouseEvent & { features?: maplibre.MapGeoJSONFeature[] }): void {
    const cell = e.features?.[0], { learned } = this.settings
    if (cell && learned) this.popup.setLngLat(e.lngLat).setText(wordsOf(learned, cell.properties)).addTo(this.map)
  }

  private put(shapes: GeoJSON.FeatureCollection): void {
    ;(this.map.getSource('learned') as maplibre.GeoJSONSource | undefined)?.setData(shapes)
  }

  private say(told: string): void {
    this.told = told
    this.changed()
  }
}

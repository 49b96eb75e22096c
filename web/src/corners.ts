/** Text that people write for a place -> latitude and longitude; zones -> shapes for the chart. */
import { EARTH_M, RAD } from './geo'
import type { Corner, Draft, Kind, Zone } from './zones'

const ANGLE = String.raw`(\d+(?:\.\d+)?)(?:\s*[°d]\s*|\s+)?(?:(\d+(?:\.\d+)?)\s*[′'m]?)?\s*`
const WITH_LETTERS = new RegExp(String.raw`^\s*${ANGLE}([NS])[\s,;]*${ANGLE}([EW])\s*$`, 'i')
const DECIMAL = /^\s*([-+]?\d+(?:\.\d+)?)\s*[,;\s]\s*([-+]?\d+(?:\.\d+)?)\s*$/

/** "26°12.5′N 127°40′E", "26 12.5 N, 127 40 E" or "26.2083, 127.6667"; null for anything else. */
export function placeOf(text: string): Corner | null {
  const told = WITH_LETTERS.exec(text), plain = DECIMAL.exec(text)
  const angle = (degrees: string, minutes: string | undefined, letter: string): number => (Number(degrees) + Number(minutes ?? 0) / 60) * (/[SW]/i.test(letter) ? -1 : 1)
  const at: Corner | null = told ? [angle(told[1]!, told[2], told[3]!), angle(told[4]!, told[5], told[6]!)] : plain ? [Number(plain[1]), Number(plain[2])] : null
  const minutes = told ? [told[2], told[5]].some((m) => Number(m ?? 0) >= 60) : false
  return at && !minutes && Math.abs(at[0]) <= 90 && Math.abs(at[1]) <= 180 ? at : null
}

export type ZoneColours = Readonly<Record<Kind, string>>

/** px of `width_m` to both sides at zoom 0; doubled by each zoom. */
function widthAt0(z: Zone): number {
  const lat = z.rings[0]?.[0]?.[0] ?? 0
  return (2 * z.width_m * 512) / (2 * Math.PI * EARTH_M * Math.cos(lat * RAD))
}

/** Zones as GeoJSON with their looks as properties; the one that is being changed is drawn by its draft. */
export function zoneShapes(list: readonly Zone[], draft: Draft | null, colours: ZoneColours): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = list.filter((z) => z.number !== draft?.number).flatMap((z) => shape(z, colours, false))
  if (draft && draft.rings[0]!.length) features.push(...shape(draft, colours, true))
  return { type: 'FeatureCollection', features }
}

function shape(z: Zone, colours: ZoneColours, draft: boolean): GeoJSON.Feature[] {
  const turn = (ring: readonly Corner[]): [number, number][] => ring.map(([lat, lon]) => [lon, lat])
  const first = z.rings[0]!, open = z.shape === 'line' || first.length < 3
  const properties = { number: z.number, colour: colours[z.kind] ?? colours.zone, watched: z.watch !== null, draft, w0: widthAt0(z), line: z.shape === 'line' }
  const line: GeoJSON.Feature = { type: 'Feature', properties, geometry: { type: 'LineString', coordinates: turn(first) } }
  if (open) return first.length > 1 ? [line] : []
  return [{ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: z.rings.map((r) => turn([...r, r[0]!])) } }]
}

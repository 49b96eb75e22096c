/** An alert and the fleets -> GeoJSON for the chart: paths of its vessels, fleets' areas; and rings to draw around vessels. */
import type { AlertVessel, Alerts, Detail, Fleet } from './alerts'
import type { Picture } from './picture'

type Corner = [number, number]
/** A fleet of the mesh: `same_as`, the elder one of another node that is drawn in its place. */
export type SharedFleet = Fleet & { node?: string; same_as?: number }
const KEPT_S = 900 // of data: fleets that were told before that are no more

/** Longitudes that follow each other by less than 180 degrees, so that a line does not run around the world. */
export function unwrapped(points: readonly Corner[]): Corner[] {
  const out: Corner[] = []
  for (const [lat, lon] of points) {
    const last = out.at(-1)
    out.push([last ? lon + 360 * Math.round((last[0] - lon) / 360) : lon, lat])
  }
  return out
}

function line(kind: string, coordinates: Corner[]): GeoJSON.Feature {
  return { type: 'Feature', properties: { kind }, geometry: { type: 'LineString', coordinates } }
}

function area(fleet: Fleet, kind: string): GeoJSON.Feature[] {
  if (fleet.outline_deg.length < 3) return []
  const ring = unwrapped([...fleet.outline_deg, fleet.outline_deg[0]!])
  return [{ type: 'Feature', properties: { kind }, geometry: { type: 'Polygon', coordinates: [ring] } }]
}

/** Paths of all behaviours that are not retracted, with their fixes as points. */
function paths(detail: Detail): GeoJSON.Feature[] {
  const out: GeoJSON.Feature[] = []
  for (const behaviour of detail.behaviours) {
    if (behaviour.standing === 'retracted') continue
    for (const path of Object.values(behaviour.evidence.path)) {
      const places = unwrapped(path.map(([, lat, lon]) => [lat, lon]))
      if (places.length > 1) out.push(line('path', places))
      for (const at of places) out.push({ type: 'Feature', properties: { kind: 'fix' }, geometry: { type: 'Point', coordinates: at } })
    }
  }
  return out
}

export function shapesOf(alerts: Alerts, fleetsShown: boolean): GeoJSON.FeatureCollection {
  const { detail } = alerts, features: GeoJSON.Feature[] = []
  const newest = Math.max(...alerts.fleets.map((f) => f.time)), there = (f: SharedFleet): boolean => !f.same_as && f.time > newest - KEPT_S
  for (const fleet of alerts.fleets) if (fleetsShown && there(fleet) && fleet.id !== detail?.fleet) features.push(...area(fleet, 'fleet'))
  for (const fleet of fleetsOf(alerts)) features.push(...area(fleet, 'chosen-fleet'))
  if (detail) features.push(...paths(detail))
  return { type: 'FeatureCollection', features }
}

/** The fleets of the chosen alert as they are now, else as they were when it was asked for. */
export function fleetsOf({ detail, fleets }: Alerts): Fleet[] {
  if (!detail?.fleet) return []
  const now = fleets.filter((f) => f.id === detail.fleet)
  return now.length ? now : detail.fleets
}

/** Ends of the paths: place and time, to be written beside them. */
export function endsOf(detail: Detail | null): { lat: number; lon: number; time: number }[] {
  const out: { lat: number; lon: number; time: number }[] = []
  for (const behaviour of detail?.behaviours ?? []) {
    if (behaviour.standing === 'retracted') continue
    for (const path of Object.values(behaviour.evidence.path)) {
      for (const at of path.length > 1 ? [path[0]!, path.at(-1)!] : path) out.push({ time: at[0], lat: at[1], lon: at[2] })
    }
  }
  return out
}

/** South, west, north, east around everything of an alert; its place where there is nothing else. */
export function boxOf(alerts: Alerts, picture: Picture, byMmsi: ReadonlyMap<number, number>, started: number): [number, number, number, number] | null {
  const { detail } = alerts
  if (!detail) return null
  const points: Corner[] = endsOf(detail).map((e) => [e.lat, e.lon])
  for (const fleet of fleetsOf(alerts)) points.push(...fleet.outline_deg)
  for (const behaviour of detail.behaviours) for (const path of Object.values(behaviour.evidence.path)) points.push(...path.map(([, lat, lon]): Corner => [lat, lon]))
  for (const vessel of detail.vessels) {
    const slot = slotOf(vessel, picture, byMmsi, started)
    if (slot !== undefined) points.push([picture.shown[2 * slot + 1]!, picture.shown[2 * slot]!])
  }
  if (!points.length) points.push([detail.lat_deg, detail.lon_deg])
  const flat = unwrapped(points), lons = flat.map((p) => p[0]), lats = flat.map((p) => p[1])
  return [Math.min(...lats), Math.min(...lons), Math.max(...lats), Math.max(...lons)]
}

/** Where a vessel of an alert is in the picture now; undefined: it is not there, or its number is of another run. */
export function slotOf(vessel: AlertVessel, picture: Picture, byMmsi: ReadonlyMap<number, number>, started: number): number | undefined {
  if (vessel.mmsi) return byMmsi.get(vessel.mmsi)
  const own = vessel.run === undefined || vessel.run === null || Math.abs(vessel.run - started) < 1
  return own && vessel.vessel ? picture.slotOf.get(vessel.vessel) : undefined
}

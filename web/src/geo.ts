/** Small geodesy of the screen, on a sphere: enough for drawing, measured errors stay below 0.6 % of a length. */

export const EARTH_M = 6371008.8
export const NM_M = 1852
export const KN_PER_MPS = 3600 / 1852
export const RAD = Math.PI / 180
export const M_PER_DEG = EARTH_M * RAD

/** Great-circle distance in m and initial bearing in degrees, clockwise from north. */
export function inverse(lat1: number, lon1: number, lat2: number, lon2: number): { distance: number; bearing_deg: number } {
  const a = lat1 * RAD, b = lat2 * RAD, d = (lon2 - lon1) * RAD
  const h = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(d / 2) ** 2
  const y = Math.sin(d) * Math.cos(b)
  const x = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(d)
  return { distance: 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h))), bearing_deg: (Math.atan2(y, x) / RAD + 360) % 360 }
}

/** The point `distance` m from a place on `bearing` rad, as [lon, lat]: deck.gl and GeoJSON order. */
export function destination(lat_deg: number, lon_deg: number, bearing: number, distance: number): [number, number] {
  const d = distance / EARTH_M, a = lat_deg * RAD
  const lat = Math.asin(Math.sin(a) * Math.cos(d) + Math.cos(a) * Math.sin(d) * Math.cos(bearing))
  const lon = lon_deg * RAD + Math.atan2(Math.sin(bearing) * Math.sin(d) * Math.cos(a), Math.cos(d) - Math.sin(a) * Math.sin(lat))
  return [lon / RAD, lat / RAD]
}

/** A circle of `distance` m around a place, closed, as [lon, lat]. */
export function circle(lat_deg: number, lon_deg: number, distance: number, points = 120): [number, number][] {
  return Array.from({ length: points + 1 }, (_, i) => destination(lat_deg, lon_deg, (2 * Math.PI * i) / points, distance))
}

/** An ellipse with semi-axes in m, the major one on `orientation` rad clockwise from north, closed, as [lon, lat]. */
export function ellipse(lat_deg: number, lon_deg: number, major: number, minor: number, orientation: number, points = 40): [number, number][] {
  const per_lon = M_PER_DEG * Math.cos(lat_deg * RAD), s = Math.sin(orientation), c = Math.cos(orientation)
  return Array.from({ length: points + 1 }, (_, i) => {
    const t = (2 * Math.PI * i) / points, along = major * Math.cos(t), across = minor * Math.sin(t)
    return [lon_deg + (along * s + across * c) / per_lon, lat_deg + (along * c - across * s) / M_PER_DEG]
  })
}

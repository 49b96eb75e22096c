/**
 * The picture on this screen: frames -> dense typed arrays, slot by slot, with an id -> slot map.
 * Nothing here knows of the framework or the map. A removed vessel's slot is filled by the last one.
 */
import { ABSENT, NEVER, type Frame, type Rows } from './frames'
import { M_PER_DEG, RAD } from './geo'

export const LIVE = 0, COASTING = 1, FADED = 2
export const RADAR = 1, AIS = 2, LOST_AIS = 4, LOST_RADAR = 8, EXERCISE = 16, SEEN = 32
export const AIRCRAFT = 9, DISTRESS = 10
export const CATEGORIES = [
  'unknown', 'cargo', 'tanker', 'passenger', 'fishing', 'pleasure', 'high speed', 'service', 'other', 'aircraft', 'distress',
] as const

export const TRAIL_POINTS = 41
export const TRAIL_STEP_S = 15 // 41 points, 15 s apart: the last 10 minutes
const STILL_MPS = 0.26 // below half a knot a course is noise

export interface Claim {
  mmsi: number
  weight: number
  imo?: number
  name?: string
  call_sign?: string
  destination?: string
  ship_type?: number
  length?: number | null
  beam?: number | null
  draught?: number | null
  device?: string
  navigation_status?: number
  subject?: number
}

/** Nodes of a mesh: the one that names a vessel, and those that hold it. */
export interface Nodes {
  namer: string
  heldBy: readonly string[]
}

export class Picture {
  count = 0
  capacity = 0
  readonly slotOf = new Map<number, number>()
  readonly claims = new Map<number, Claim[]>() // by vessel id
  readonly nodes = new Map<number, Nodes>() // of those that are not this node's alone
  readonly called = new Map<number, string>() // what all nodes of a mesh call it, where it tells no name
  id = new Uint32Array(0)
  mmsi = new Uint32Array(0)
  sensors = new Uint32Array(0)
  lat_deg = new Float64Array(0)
  lon_deg = new Float64Array(0)
  time = new Float64Array(0) // UTC s
  heardRadar = new Float64Array(0) // NaN never
  heardAis = new Float64Array(0)
  speed = new Float32Array(0) // m/s, NaN unknown
  course = new Float32Array(0) // rad
  heading = new Float32Array(0) // rad, NaN absent
  major = new Float32Array(0) // m
  minor = new Float32Array(0)
  orientation = new Float32Array(0) // rad
  status = new Uint8Array(0)
  source = new Uint8Array(0)
  category = new Uint8Array(0)
  existence = new Uint8Array(0)
  /** where the vessel is on the screen now: lon, lat per slot */
  shown = new Float64Array(0)
  /** past positions, oldest first: lon, lat; `trailCount` of TRAIL_POINTS are in use */
  trail = new Float64Array(0)
  trailCount = new Uint8Array(0)
  trailTime = new Float64Array(0) // of the newest point
  name: string[] = []
  searched: string[] = [] // upper case: name, call sign, MMSI, id

  time_s = NaN // UTC s of the newest picture
  sequence = 0
  version = 0 // grows whenever a row, a claim or the set of vessels changes

  private grow(needed: number): void {
    const size = Math.max(1024, 2 ** Math.ceil(Math.log2(needed)))
    const larger = <T extends { set(a: T): void }>(old: T, make: new (n: number) => T, per = 1): T => {
      const fresh = new make(size * per)
      fresh.set(old)
      return fresh
    }
    this.id = larger(this.id, Uint32Array)
    this.mmsi = larger(this.mmsi, Uint32Array)
    this.sensors = larger(this.sensors, Uint32Array)
    for (const k of ['lat_deg', 'lon_deg', 'time', 'heardRadar', 'heardAis', 'trailTime'] as const) this[k] = larger(this[k], Float64Array)
    for (const k of ['speed', 'course', 'heading', 'major', 'minor', 'orientation'] as const) this[k] = larger(this[k], Float32Array)
    for (const k of ['status', 'source', 'category', 'existence', 'trailCount'] as const) this[k] = larger(this[k], Uint8Array)
    this.shown = larger(this.shown, Float64Array, 2)
    this.trail = larger(this.trail, Float64Array, 2 * TRAIL_POINTS)
    this.capacity = size
  }

  apply(frame: Frame): void {
    if (frame.header.time > 0) this.time_s = frame.header.time
    this.sequence = frame.header.picture
    if (frame.kind === 'snapshot') this.keepOnly(frame.rows.id)
    if (this.claims.size > 2 * this.count + 5000) this.forgetClaims()
    if (frame.kind === 'snapshot' || frame.kind === 'delta') {
      this.put(frame.rows, frame.header.base)
      for (const id of frame.rows.removed) this.remove(id)
      if (frame.rows.id.length || frame.rows.removed.length || frame.kind === 'snapshot') this.version++
    }
  }

  /** A snapshot replaces everything; vessels that stay keep their trail. */
  private keepOnly(ids: Uint32Array): void {
    const kept = new Set(ids)
    for (const id of [...this.slotOf.keys()]) if (!kept.has(id)) this.remove(id)
  }

  /** Claims outlive a vessel that left the view, as it may come back; but not without end. */
  private forgetClaims(): void {
    for (const known of [this.claims, this.called, this.nodes]) for (const id of known.keys()) if (!this.slotOf.has(id)) known.delete(id)
  }

  private slotFor(id: number): number {
    const known = this.slotOf.get(id)
    if (known !== undefined) return known
    if (this.count === this.capacity) this.grow(this.count + 1)
    const slot = this.count++
    this.slotOf.set(id, slot)
    this.id[slot] = id
    this.trailCount[slot] = 0
    this.trailTime[slot] = -Infinity
    return slot
  }

  private put(rows: Rows, base: number): void {
    const turn = (2 * Math.PI) / 65536
    for (let i = 0; i < rows.id.length; i++) {
      const s = this.slotFor(rows.id[i]!)
      const before = this.mmsi[s]
      this.mmsi[s] = rows.mmsi[i]!
      this.lat_deg[s] = rows.lat[i]! * 1e-7
      this.lon_deg[s] = rows.lon[i]! * 1e-7
      this.time[s] = base + rows.time[i]! / 10
      this.heardRadar[s] = rows.heardRadar[i] === NEVER ? NaN : base + rows.heardRadar[i]! / 10
      this.heardAis[s] = rows.heardAis[i] === NEVER ? NaN : base + rows.heardAis[i]! / 10
      this.sensors[s] = rows.sensors[i]!
      this.speed[s] = rows.speed[i] === ABSENT ? NaN : rows.speed[i]! / 100
      this.course[s] = rows.course[i]! * turn
      this.heading[s] = rows.heading[i] === ABSENT ? NaN : rows.heading[i]! * turn
      this.major[s] = rows.major[i]!
      this.minor[s] = rows.minor[i]!
      this.orientation[s] = rows.orientation[i]! * turn
      this.status[s] = rows.status[i]!
      this.source[s] = rows.source[i]!
      this.category[s] = rows.category[i]!
      this.existence[s] = rows.existence[i]!
      if (before !== this.mmsi[s] || this.searched[s] === undefined) this.label(s)
      this.extendTrail(s)
    }
  }

  /** Name and search text of a slot from its best claim. */
  private label(s: number): void {
    const claims = this.claims.get(this.id[s]!), best = claims?.[0]
    const mmsi = this.mmsi[s]!
    const code = mmsi ? String(mmsi).padStart(9, '0') : ''
    const called = this.called.get(this.id[s]!) ?? ''
    this.name[s] = best?.name || code || best?.call_sign || called || `#${this.id[s]}`
    const all = (claims ?? []).map((c) => `${c.name ?? ''} ${c.call_sign ?? ''} ${c.mmsi || ''} ${c.imo || ''}`)
    this.searched[s] = `${code} #${this.id[s]} ${called} ${all.join(' ')}`.toUpperCase()
  }

  identify(vessel: number, claims: Claim[], called = '', namer = '', heldBy: readonly string[] = []): void {
    if (heldBy.length) this.nodes.set(vessel, { namer, heldBy })
    else this.nodes.delete(vessel)
    this.claims.set(vessel, claims)
    if (called) this.called.set(vessel, called)
    else this.called.delete(vessel)
    const slot = this.slotOf.get(vessel)
    if (slot !== undefined) this.label(slot)
    this.version++
  }

  private extendTrail(s: number): void {
    const t = this.time[s]!
    if (t - this.trailTime[s]! < TRAIL_STEP_S || this.status[s] === FADED) return
    const start = 2 * TRAIL_POINTS * s
    let n = this.trailCount[s]!
    if (n === TRAIL_POINTS) {
      this.trail.copyWithin(start, start + 2, start + 2 * TRAIL_POINTS)
      n--
    }
    this.trail[start + 2 * n] = this.lon_deg[s]!
    this.trail[start + 2 * n + 1] = this.lat_deg[s]!
    this.trailCount[s] = n + 1
    this.trailTime[s] = t
  }

  /** Puts points from before this page was opened under a vessel's own ones. `points`: [lat, lon] oldest first. */
  prependTrail(id: number, points: readonly (readonly [number, number])[]): void {
    const s = this.slotOf.get(id)
    if (s === undefined) return
    const start = 2 * TRAIL_POINTS * s, own = this.trailCount[s]!
    const older = points.slice(-(TRAIL_POINTS - own) || points.length)
    if (own >= TRAIL_POINTS || !older.length) return
    this.trail.copyWithin(start + 2 * older.length, start, start + 2 * own)
    older.forEach(([lat, lon], i) => {
      this.trail[start + 2 * i] = lon
      this.trail[start + 2 * i + 1] = lat
    })
    this.trailCount[s] = own + older.length
  }

  remove(id: number): void {
    const s = this.slotOf.get(id)
    if (s === undefined) return
    const last = --this.count
    this.slotOf.delete(id)
    if (s !== last) this.move(last, s)
    this.name.length = this.searched.length = last
  }

  private move(from: number, to: number): void {
    for (const a of [
      this.id, this.mmsi, this.sensors, this.lat_deg, this.lon_deg, this.time, this.heardRadar, this.heardAis, this.speed,
      this.course, this.heading, this.major, this.minor, this.orientation, this.status, this.source, this.category,
      this.existence, this.trailCount, this.trailTime,
    ]) a[to] = a[from]! // prettier-ignore
    this.shown.copyWithin(2 * to, 2 * from, 2 * from + 2)
    this.trail.copyWithin(2 * TRAIL_POINTS * to, 2 * TRAIL_POINTS * from, 2 * TRAIL_POINTS * (from + 1))
    this.name[to] = this.name[from]!
    this.searched[to] = this.searched[from]!
    this.slotOf.set(this.id[to]!, to)
  }

  /** Whether the vessel moves in a known direction. */
  underWay(s: number): boolean {
    return this.speed[s]! >= STILL_MPS
  }

  /** The way the symbol points, rad: heading, else course over ground (IEC 62288 for AIS); NaN: no direction. */
  pointing(s: number): number {
    const heading = this.heading[s]!
    return Number.isNaN(heading) ? (this.underWay(s) ? this.course[s]! : NaN) : heading
  }

  /** UTC s of the newest report from any sensor; NaN when none is known. */
  lastHeard(s: number): number {
    const r = this.heardRadar[s]!, a = this.heardAis[s]!
    return Number.isNaN(r) ? a : Number.isNaN(a) ? r : Math.max(r, a)
  }

  /** Writes every vessel's place at `now` (UTC s) into `shown`; faded ones stay where they were last known. */
  extrapolate(now: number): void {
    const { shown, lat_deg, lon_deg, speed, course, time, status } = this
    for (let s = 0; s < this.count; s++) {
      let lat = lat_deg[s]!, lon = lon_deg[s]!
      const v = speed[s]!, dt = now - time[s]!
      if (v >= STILL_MPS && dt > 0 && status[s] !== FADED) {
        const along = (v * dt) / M_PER_DEG
        lon += (along * Math.sin(course[s]!)) / Math.max(0.01, Math.cos(lat * RAD))
        lat += along * Math.cos(course[s]!)
      }
      shown[2 * s] = lon
      shown[2 * s + 1] = lat
    }
  }
}

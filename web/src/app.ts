/** The wires between link, picture, chart and elements. One of these per page; it draws when something changed. */
import { Alerts, type Alert, type AlertVessel, type Fleet, type Message } from './alerts'
import { ask } from './answer'
import { Assets, isPlaced, type Asset } from './assets'
import { Bell } from './bell'
import { Cases, type Case } from './cases'
import { Chart, type MeasurePoint } from './chart'
import type { NodeCover } from './cover'
import { Fleet as OurFleet } from './fleet'
import { circle, KN_PER_MPS, RAD } from './geo'
import type { Frame } from './frames'
import { Learned } from './learned'
import { Library } from './library'
import { Link } from './link'
import { MeshLayer, type Mesh } from './mesh'
import { Nearby } from './nearby'
import { applyPalette, PALETTE_NAMES, PALETTES } from './palettes'
import { Pairing } from './pairing'
import { Past } from './past'
import { Patrol, wayBetween, type Sortie } from './patrol'
import { PatrolMap } from './patrolmap'
import { Picture, type Claim, type Nodes } from './picture'
import { Plots } from './plots'
import { Reports, WITH_95, type Report } from './reports'
import { Scene, type MarkInfo, type SensorInfo } from './scene'
import { Settings } from './settings'
import { Spots } from './spots'
import { boxOf, endsOf, fleetsOf, shapesOf, slotOf } from './shapes'
import { Tasks, type Kind, type Task } from './tasks'
import { Stills } from './stills'
import { Told } from './told'
import { Tracks } from './tracks'
import { zoneShapes } from './corners'
import { middles } from './drawing'
import { Zones, type Zone } from './zones'

const CROSS = { corners: [], middles: [], chosen: -1, cross: true }
const PATROL_EVERY_S = 5 // between two drawings of where vehicles should be
const DRAW_EVERY_MS = 500 // at most 2 Hz, and only when something changed; 1 Hz without a graphics card
const MOVED_PX = 0.4
const PATIENCE_MS = 60_000 // with a coastline or all trails over a poor link
const AHEAD_S = 3 // the screen's clock never runs further ahead of the last frame than this

export interface NodeInfo {
  name: string
  area: string
  box: [number, number, number, number] // south, west, north, east
  version: string
  started: number
  exercise: boolean
  escalate_s?: number // after which a warning becomes an alarm
  archive?: string // its folder, '' where nothing is kept
  patrol?: string // its patrol file, '' where it has none
}
export interface FeedInfo {
  index: number
  name: string
  url: string
  state: string
  problem: string
  last_heard: number | null
  received_bytes: number
  messages: number
  reports: number
  other: number
  refused: Record<string, number>
  shed: number
  bytes_per_s: number
  messages_per_s: number
  noticed?: Record<string, number>
  last_refused?: { received: number; reason: string; bytes: string }[]
  sent?: number
  unsent?: number
  outgoing?: boolean
  stations?: StationInfo[]
  stations_more?: number
}
export interface StationInfo {
  sensor: number
  name: string
  kind: string
  last_heard: number | null
  heard: number
  first: number
  witnessed: number
  alone: number
  clock: { offset_s: number | null; by: string; peers_s: number | null }
  range_m: number | null
  usual_range_m: number | null
}
export interface AlarmInfo {
  key: string
  severity: string
  since: number
  until: number | null
  text: string
}
export interface ArchiveInfo {
  state: string
  problem: string
  rows?: number
  bytes_written?: number
  used_bytes?: number
  free_bytes?: number
  lag?: number
  shed?: number
}
export interface NodeHealth {
  time: number
  alarms: AlarmInfo[]
  clock: { offset_s: number | null; jumped_s: number; jumped_at: number | null; jumps: number }
  queue_rows: number
  queue_limit: number
  lag_s: number
  reports: number
  plots: number
  sectors: number
  vessels: number
  archive: ArchiveInfo | null
  older?: number
  alerts?: { state: string; problem: string; records: string; waiting: number; lost: number; written: number } | null
  mesh?: Mesh | null
}

const least = (all: readonly number[]): number => all.reduce((x, y) => Math.min(x, y), Infinity)

export class App extends EventTarget {
  readonly picture = new Picture()
  readonly plots = new Plots()
  readonly settings = new Settings(location.search)
  readonly scene = new Scene(this.picture, this.plots, this.settings)
  readonly past = new Past(() => this.now, () => this.pastChanged())
  readonly nearby = new Nearby(() => this.nearbyChanged())
  readonly alerts = new Alerts((what) => this.alertsChanged(what))
  readonly pairing = new Pairing(this.picture, () => Boolean(this.health) && !this.notPaired, () => this.dispatchEvent(new CustomEvent('pairing')))
  readonly zones = new Zones(() => this.zonesChanged())
  readonly assets = new Assets(() => this.assetsChanged())
  readonly tasks = new Tasks(() => this.tasksChanged())
  readonly reports = new Reports(() => this.ageNow, () => this.reportsChanged())
  readonly patrol = new Patrol(() => this.settings.layers.has('patrol'), (what) => this.patrolChanged(what))
  readonly library = new Library(() => this.libraryChanged())
  readonly cases = new Cases(() => this.casesChanged())
  readonly stills = new Stills(() => this.alerts.kept, () => this.dispatchEvent(new CustomEvent('stills')))
  readonly bell = new Bell(() => this.dispatchEvent(new CustomEvent('sound')))
  readonly chart: Chart
  readonly learned: Learned
  readonly mesh: MeshLayer
  readonly patrolMap: PatrolMap
  readonly spots: Spots
  readonly tracks: Tracks
  readonly link: Link
  node: NodeInfo | null = null
  feeds: FeedInfo[] = []
  health: NodeHealth | null = null
  announcement = ''
  /** ms of this page's own thread: taking in the last frame of vessels, drawing the last picture */
  cost = { rows: 0, draw: 0 }

  private rate = 1 // data seconds per second on the wall: 1 live, N in a replay at N times
  private anchorTime = NaN
  private anchorWall = 0
  private dirty = true
  private lastDraw = 0
  private drawnAt = 0
  private timer = 0

  constructor(container: HTMLElement) {
    super()
    const palette = applyPalette(this.settings.palette)
    this.chart = new Chart(container, this.picture, this.scene, this.settings, palette, this.past)
    this.chart.fleet = new OurFleet(this.assets, this.tasks, this.settings, this.picture, (lat, lon) => this.chart.toScreen(lat, lon), () => this.ageNow)
    this.chart.told = new Told(this.chart.map, this.reports, this.settings, (lat, lon) => this.chart.toScreen(lat, lon), () => this.chart.px_per_m, () => this.ageNow)
    this.learned = new Learned(this.chart.map, this.settings, palette, () => this.dispatchEvent(new CustomEvent('learned')))
    this.mesh = new MeshLayer(this.chart.map, this.settings, palette, (lat, lon) => this.chart.toScreen(lat, lon))
    this.patrolMap = this.chart.patrol = new PatrolMap(this.chart.map, this.patrol, this.settings, palette, (lat, lon) => this.chart.toScreen(lat, lon), () => this.patrolNow)
    this.tracks = new Tracks(this.chart.map, palette)
    this.spots = new Spots(this.chart.map, (i) => this.goToSpot(i))
    const url = new URL('api/v1/stream', location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    url.search = ''
    this.link = new Link(url.href, (f) => this.receive(f), () => this.sendView())
    this.settings.addEventListener('palette', () => {
      this.chart.setPalette(applyPalette(this.settings.palette))
      this.learned.setPalette(PALETTES[this.settings.palette])
      this.tracks.setPalette(PALETTES[this.settings.palette])
      this.mesh.setPalette(PALETTES[this.settings.palette])
      this.patrolMap.setPalette(PALETTES[this.settings.palette])
      this.drawZones()
    })
    this.settings.addEventListener('layers', () => {
      this.drawZones()
      this.drawMesh()
    })
    this.settings.addEventListener('selection', () => {
      if (this.past.subject && this.past.subject.vessel !== this.settings.selected) this.past.clear()
      this.scene.selectedTrail = []
      if (this.settings.selected) this.chooseAsset('')
      this.pairing.look(this.settings.selected)
      this.stills.look(this.settings.selected)
      void this.fetchTrail()
    })
    this.settings.addEventListener('any', () => this.touch(true))
    this.settings.addEventListener('view', () => this.sendView())
    this.settings.addEventListener('filter', () => this.sendView())
    document.addEventListener('visibilitychange', () => this.touch())
    setInterval(() => this.second(), 1000)
    setTimeout(() => this.coastOf(''), 1500) // where no node answers, the world's overview
    this.pairing.look(this.settings.selected)
    this.stills.look(this.settings.selected)
    if (this.settings.selected) void this.fetchTrail()
  }

  /** UTC s of the screen: the newest picture's time, running on with the wall between frames, but never far. */
  get now(): number {
    if (!Number.isFinite(this.anchorTime)) return NaN
    return this.anchorTime + this.rate * Math.min(AHEAD_S, (performance.now() - this.anchorWall) / 1000)
  }

  /** UTC s for ages: runs on with the wall however old the newest frame is, so that no age ever stops growing. */
  get ageNow(): number {
    if (!Number.isFinite(this.anchorTime)) return NaN
    const wall = (performance.now() - this.anchorWall) / 1000
    return this.anchorTime + (wall < AHEAD_S ? this.rate : 1) * wall
  }

  /** Something to draw; happens at once when a person asked, else not more often than twice a second. */
  touch(asked = false): void {
    this.dirty = true
    if (this.timer && !asked) return
    clearTimeout(this.timer)
    const wait = asked ? 0 : Math.max(0, this.lastDraw + DRAW_EVERY_MS * (this.chart.software ? 2 : 1) - performance.now())
    this.timer = window.setTimeout(() => {
      this.timer = 0
      this.draw()
    }, wait)
  }

  private draw(): void {
    if (!this.dirty || document.hidden) return
    const began = performance.now()
    this.dirty = false
    this.lastDraw = began
    this.drawnAt = this.now
    this.chart.draw(this.now)
    this.cost.draw = performance.now() - began
    this.dispatchEvent(new CustomEvent('drawn'))
  }

  private receive(frame: Frame): void {
    const began = performance.now()
    const version = this.picture.version
    this.picture.apply(frame)
    this.setClock(frame.header.time)
    if (frame.kind === 'plots') this.plots.add(frame.plots, this.now)
    if (frame.kind === 'json') this.hear(frame.text)
    if (frame.kind === 'snapshot') {
      this.frame()
      void this.fetchTrails()
    }
    if (frame.kind === 'delta' || frame.kind === 'snapshot') this.cost.rows = performance.now() - began
    if (version !== this.picture.version || frame.kind === 'plots' || frame.kind === 'json') this.touch()
  }

  /** Shows, once, what the node watches: its radars' cover, else its vessels, else its area. An address that says where wins. */
  private frame(): void {
    if (this.chart.framed) return
    const box = this.scene.watchedBox() ?? this.node?.box
    if (!box) return
    let [south, west, north, east] = box
    const high = north - south, wide = east - west
    for (const a of this.assets.list.filter(isPlaced)) { // ours that are not far off are watched too
      const lat = a.lat_deg!, lon = a.lon_deg!
      if (lat < south - high || lat > north + high || lon < west - wide || lon > east + wide) continue
      south = Math.min(south, lat - high / 20), north = Math.max(north, lat + high / 20)
      west = Math.min(west, lon - wide / 20), east = Math.max(east, lon + wide / 20)
    }
    this.chart.framed = true
    this.chart.map.fitBounds([[west, south], [east, north]], { padding: 20, animate: false }) // prettier-ignore
  }

  private setClock(time: number): void {
    if (!(time > 0) || time === this.anchorTime) return
    const wall = performance.now(), passed = (wall - this.anchorWall) / 1000, moved = time - this.anchorTime
    if (passed > 0.2 && passed < 5 && moved > 0) this.rate += 0.2 * (Math.min(1000, moved / passed) - this.rate)
    if (Math.abs(this.rate - 1) < 0.05) this.rate = 1
    this.anchorTime = time
    this.anchorWall = wall
  }

  private hear(text: Record<string, unknown>): void {
    switch (text.type) {
      case 'node':
        this.node = text as unknown as NodeInfo
        this.tasks.forget()
        this.patrol.begin(Boolean(this.node.patrol))
        document.title = `${this.node.name} · Mihari`
        if (this.node.name) this.coastOf(this.node.area)
        this.dispatchEvent(new CustomEvent('node'))
        break
      case 'sensors':
        this.scene.sensors = text.sensors as SensorInfo[]
        break
      case 'cover':
        this.scene.others = text.nodes as NodeCover[]
        this.mesh.covers = this.scene.others
        break
      case 'identities':
        for (const i of text.identities as { vessel: number; claims: Claim[]; called?: string; namer?: string; held_by?: string[] }[]) this.picture.identify(i.vessel, i.claims, i.called, i.namer, i.held_by)
        break
      case 'marks':
        for (const m of text.marks as MarkInfo[]) this.scene.marks.set(m.mmsi, m)
        break
      case 'feeds':
        this.feeds = text.feeds as FeedInfo[]
        this.dispatchEvent(new CustomEvent('feeds'))
        break
      case 'health':
        this.health = text.health as NodeHealth
        this.scene.mesh = this.health.mesh ?? null
        this.mesh.take(this.scene.mesh)
        this.drawMesh()
        this.dispatchEvent(new CustomEvent('health'))
        break
      case 'alerts':
        this.alerts.hear(text as unknown as Message)
        break
      case 'cases':
        this.cases.hear(text.cases as Case[])
        break
      case 'fleets':
        this.alerts.hearFleets(text.fleets as Fleet[])
        break
      case 'assets':
        this.assets.hear(text as unknown as { names: string[]; assets: Asset[] })
        break
      case 'reports':
        this.reports.hear(text as unknown as { ids: string[]; reports: Report[] })
        break
      case 'tasks':
        this.tasks.hear(text.tasks as Task[])
        break
      case 'zones':
        this.zones.hear(text.zones as never)
        break
    }
  }

  /** Once a second: ages, staleness; a redraw only if a vessel has moved by a visible amount. */
  private second(): void {
    const fastest = 30 * this.rate * (this.now - this.drawnAt) // nobody on the sea goes faster than 30 m/s for long
    if (!this.link.stale && fastest * this.chart.px_per_m > MOVED_PX) this.touch()
    this.past.second()
    this.pairing.second()
    this.stills.second()
    this.tasks.second(this.assets.list.length > 0)
    this.reports.second()
    this.patrol.second()
    if (this.alerts.kept) {
      this.library.second()
      this.cases.second()
    }
    if (this.patrolMap.on && ++this.patrolBeat % PATROL_EVERY_S === 0) {
      this.patrolMap.put('moving')
      this.chart.drawNames()
    }
    if (this.pairing.heir) this.settings.select(this.pairing.heir) // shown as one with it now
    this.bell.ring(this.alerts.calling)
    this.dispatchEvent(new CustomEvent('second'))
  }

  /** By default the whole picture comes, so that list and map agree and a pan shows no holes; `?thin=1` saves the wire. */
  private viewTimer = 0
  private sendView(): void {
    if (!this.settings.thin) return
    clearTimeout(this.viewTimer)
    this.viewTimer = window.setTimeout(() => {
      const b = this.chart.map.getBounds(), on = this.settings.categories
      const categories = on.includes(false) ? on.flatMap((yes, i) => (yes || i === 10 ? [i] : [])) : null
      this.link.send({ type: 'view', box: [b.getSouth(), b.getWest(), b.getNorth(), b.getEast()], categories, sources: null })
    }, 300)
  }

  /** The coastline of an area: asked for once, and again when it turns out to be another one. */
  private coastArea: string | null = null
  private coastOf(area: string): void {
    if (this.coastArea === area || (area === '' && this.coastArea !== null)) return
    this.coastArea = area
    void this.fetchCoastline()
  }

  private async fetchCoastline(attempt = 0): Promise<void> {
    try {
      this.chart.setCoastline(await ask<GeoJSON.GeoJSON>('coastline', { patience_ms: PATIENCE_MS }))
      this.announcement = ''
    } catch {
      this.announcement = 'No coastline yet: asking again'
      setTimeout(() => void this.fetchCoastline(attempt + 1), Math.min(30000, 1000 * 2 ** attempt))
    }
  }

  private trailsAsked = false
  private async fetchTrails(): Promise<void> {
    if (this.trailsAsked) return
    this.trailsAsked = true
    try {
      const { trails } = await ask<{ trails: { vessel: number; points: [number, number, number][] }[] }>('trails', { patience_ms: PATIENCE_MS })
      for (const t of trails) this.picture.prependTrail(t.vessel, t.points.map(([, lat, lon]) => [lat, lon] as const))
      this.touch()
    } catch {
      // the page collects its own trails from now on
    }
  }

  private async fetchTrail(): Promise<void> {
    const id = this.settings.selected
    if (!id || this.past.path) return
    try {
      const { points } = await ask<{ points: [number, number, number][] }>(`vessels/${id}/trail`)
      if (id === this.settings.selected && !this.past.path) this.scene.selectedTrail = points.map(([, lat, lon]) => [lon, lat])
      this.touch()
    } catch {
      // the short trail stays
    }
  }

  private pastChanged(): void {
    this.chart.drawPast(this.nearby.at)
    const { path, end } = this.past
    if (path) this.scene.selectedTrail = end ? [end] : [] // a past that is drawn takes the trail's place
    else void this.fetchTrail()
    this.touch(true)
    this.dispatchEvent(new CustomEvent('past'))
  }
  private nearbyChanged(): void {
    this.chart.drawPast(this.nearby.at)
    this.dispatchEvent(new CustomEvent('nearby'))
  }

  private assetsChanged(): void {
    this.dispatchEvent(new CustomEvent('assets'))
    this.touch()
  }
  private tasksChanged(): void {
    this.drawZones() // and the cross at which a place is put
    this.dispatchEvent(new CustomEvent('tasks'))
    this.chart.placeNames()
  }
  private reportsChanged(): void {
    this.drawZones()
    this.dispatchEvent(new CustomEvent('reports'))
    this.chart.placeNames()
  }
  private patrolBeat = 0
  /** UTC s by which the patrol goes: the node's clock, whatever the picture is of. */
  get patrolNow(): number {
    const { told } = this.patrol
    return told ? told.time + (performance.now() - this.patrol.heardAt) / 1000 : Date.now() / 1000
  }
  private patrolChanged(what: 'plan' | 'cells' | 'patrol'): void {
    if (what !== 'patrol' || this.patrolMap.on) this.patrolMap.put(what === 'cells' ? 'all' : 'moving')
    this.chart.handles = this.picking ? CROSS : this.zones.draft ? this.chart.handles : null
    this.chart.drawNames()
    this.dispatchEvent(new CustomEvent('patrol'))
  }
  /** The panel of the patrol, with its layer: somebody who opens it wants to see it. */
  togglePatrol(open = !this.patrol.open): void {
    if (!this.patrol.there) return
    if (open) {
      this.makeRoom()
      this.showPatrol(true)
    }
    this.patrol.toggle(open)
  }
  showPatrol(on: boolean): void {
    const { layers } = this.settings
    if (layers.has('patrol') === on) return
    on ? layers.add('patrol') : layers.delete('patrol')
    this.settings.changed('layers')
    this.patrolMap.put()
  }
  chooseSortie(s: Sortie | null): void {
    this.patrol.choose(s)
    if (s && !this.patrol.open) this.togglePatrol(true)
    if (s) this.patrol.show('chart')
  }
  /** All of the patrol's sea. */
  showSea(): void {
    const at = this.patrol.cells.flatMap((c) => c.corners), lats = at.map((c) => c[0]), lons = at.map((c) => c[1])
    if (at.length) this.fitBeside('.patrol', [Math.min(...lats), Math.min(...lons), Math.max(...lats), Math.max(...lons)])
  }
  /** All of a sortie's way on the map. */
  showSortie(s: Sortie): void {
    const way = wayBetween(s, -Infinity, Infinity), lats = way.map((p) => p[0]), lons = way.map((p) => p[1])
    this.fitBeside('.patrol', [Math.min(...lats), Math.min(...lons), Math.max(...lats), Math.max(...lons)])
  }
  /** Somebody of the patrol is to look at a vessel of the picture, or at a place. */
  patrolLook(vessel: number, at: { lat: number; lng: number } | null = null, alert = 0): void {
    const s = this.picture.slotOf.get(vessel), p = this.picture
    if (this.nearby.at) this.nearby.close()
    this.showPatrol(true)
    const course = s === undefined || Number.isNaN(p.course[s]!) ? 0 : ((p.course[s]! / RAD) % 360 + 360) % 360
    this.patrol.lookAt({
      name: vessel ? this.nameById(vessel).slice(0, 40) : '', at: s === undefined ? at && [at.lat, at.lng] : [p.shown[2 * s + 1]!, p.shown[2 * s]!], alert,
      speed_kn: s === undefined || Number.isNaN(p.speed[s]!) ? 0 : p.speed[s]! * KN_PER_MPS, course_deg: course,
    })
  }

  patrolZone(number: number): void {
    this.zones.toggle(false)
    this.showPatrol(true)
    this.patrol.zoneOf(number)
  }

  patrolAround(alert: number): void {
    if (this.nearby.at) this.nearby.close()
    this.showPatrol(true)
    this.patrol.aroundOf(alert)
  }

  /** Whether the next click on the map tells where something is. */
  get picking(): boolean {
    return Boolean(this.tasks.draft?.picking || this.reports.draft?.picking || this.patrol.picking)
  }

  /** Somebody tells what was seen: at a place of the map, else at one that is asked for. */
  report(at: { lat: number; lng: number } | null = null): void {
    if (this.zones.draft) return
    this.makeRoom()
    this.reports.begin(at && [at.lat, at.lng], this.alerts.who)
  }
  toggleReports(): void {
    if (!this.reports.open) this.makeRoom()
    this.reports.toggle()
  }
  /** Other panels over the map give way, unless a zone is being drawn. */
  private makeRoom(): void {
    this.tasks.drop()
    if (this.tasks.open) this.tasks.toggle(false)
    if (this.zones.open && !this.zones.draft) this.zones.toggle(false)
    if (this.nearby.at) this.nearby.close()
  }
  /** Chooses what somebody told and brings it onto the screen if it is not there; '': none. */
  chooseReport(id: string): void {
    if (id && !this.reports.open) this.makeRoom()
    this.reports.choose(id)
    const r = this.reports.get(id)
    if (r) this.bringIntoSight(r.lat_deg, r.lon_deg)
  }
  /** All of the circle within which it was. */
  showReport(r: Report): void {
    const ring = circle(r.lat_deg, r.lon_deg, WITH_95 * r.sd_m, 24), lons = ring.map((p) => p[0]), lats = ring.map((p) => p[1])
    this.fitBeside('.reports', [Math.min(...lats), Math.min(...lons), Math.max(...lats), Math.max(...lons)])
  }

  /** Chooses one of our own and brings it onto the screen if it is not there; '': none. A vessel or alert is let go. */
  chooseAsset(name: string): void {
    if (name === this.settings.asset) return
    if (name) {
      this.settings.select(0)
      this.chooseAlert(0)
    }
    this.tasks.drop()
    this.settings.asset = name
    this.settings.changed('asset')
    const a = this.assets.get(name)
    if (a && isPlaced(a)) this.bringIntoSight(a.lat_deg!, a.lon_deg!)
  }
  /** The chosen one's task is begun to be asked for. */
  askFor(asset: Asset, kind: Kind, vessel = 0): void {
    this.chooseAsset(asset.name)
    this.tasks.begin(asset, kind, vessel)
  }
  private bringIntoSight(lat: number, lon: number): void {
    if (!this.chart.map.getBounds().contains([lon, lat])) this.chart.map.easeTo({ center: [lon, lat], duration: 300 })
  }

  zonesChanged(): void {
    this.drawZones()
    this.dispatchEvent(new CustomEvent('zones'))
  }

  /** Zones, and the handles of the one that is drawn. */
  drawZones(): void {
    const { draft, list, corners } = this.zones, shown = this.settings.layers.has('zones') || this.zones.open
    this.chart.handles = draft ? { corners, middles: draft.drawing ? [] : middles(corners, draft.shape === 'line'), chosen: draft.corner, cross: draft.drawing } : this.picking ? CROSS : null
    this.chart.zones = shown ? [...list.filter((z) => z.number !== draft?.number), ...(draft ? [draft] : [])] : []
    this.chart.drawZones(zoneShapes(shown ? list : [], draft, this.palette.zones))
  }

  /** Nodes of the mesh; their links lie under the vessels and draw themselves. */
  private drawMesh(): void {
    this.chart.nodes = this.mesh.spots
    this.chart.drawNames()
  }

  showZone(z: Zone): void {
    const lats = z.rings.flat().map((c) => c[0]), lons = z.rings.flat().map((c) => c[1])
    this.fitBeside('.zones', [Math.min(...lats), Math.min(...lons), Math.max(...lats), Math.max(...lons)])
  }
  /** Shows a box of the map (south, west, north, east) where a panel over it leaves room. */
  private fitBeside(panel: string, [south, west, north, east]: [number, number, number, number]): void {
    const box = document.querySelector(panel)?.getBoundingClientRect(), map = this.chart.map.getContainer(), { clientWidth: w, clientHeight: h } = map
    const over = box ? box.right - Math.max(box.left, map.getBoundingClientRect().left) : 0 // px of the map's width
    const beside = box && over < w / 1.5 // else the panel lies below
    const padding = { top: 30, right: 40, left: beside ? Math.max(0, over) + 40 : 40, bottom: box && !beside ? Math.min(h / 2, box.height + 40) : 40 }
    this.chart.map.fitBounds([[west, south], [east, north]], { padding, maxZoom: 13, duration: 400 }) // prettier-ignore
  }

  cornerMidMap(): void {
    const at = this.chart.map.getCenter()
    if (this.tasks.draft?.picking) return this.tasks.putPlace([at.lat, at.lng])
    if (this.reports.draft?.picking) return this.reports.putPlace([at.lat, at.lng])
    if (this.patrol.picking) return this.patrol.putPlace([at.lat, at.lng])
    this.zones.add([at.lat, at.lng])
  }

  private libraryChanged(): void {
    this.spots.show(this.library.spots, this.library.spot)
    this.dispatchEvent(new CustomEvent('library'))
  }
  private casesChanged(): void {
    this.tracks.show(this.cases.open ? this.cases.tracks : [])
    this.dispatchEvent(new CustomEvent('cases'))
  }
  /** The tracks of the case that is read, where its panel leaves room. */
  async showTracks(): Promise<void> {
    await this.cases.askTracks()
    const lats = this.cases.tracks.flatMap((t) => t.lat_deg), lons = this.cases.tracks.flatMap((t) => t.lon_deg)
    if (lats.length) this.fitBeside('.desk', [least(lats), least(lons), -least(lats.map((x) => -x)), -least(lons.map((x) => -x))])
  }
  /** The library, or the case board: one of them over the list. */
  toggleLibrary(open = !this.library.open): void {
    if (!this.alerts.kept) return
    if (open) this.cases.toggle(false)
    this.library.toggle(open)
  }
  toggleCases(open = !this.cases.open): void {
    if (!this.alerts.kept) return
    if (open) this.library.toggle(false)
    this.cases.toggle(open)
  }
  showPattern(name: string): void {
    const one = this.library.lookOf(name) ?? this.library.list.find((held) => held.name === name)
    this.toggleLibrary(true)
    if (one && !this.library.draft) this.library.choose(one)
    else this.library.find(name)
  }
  /** The board with the cases that speak for a pattern. */
  casesOf(pattern: string): void {
    this.toggleCases(true)
    this.cases.choose(0)
    this.cases.show('all', pattern)
  }
  caseOf(alert: number): void {
    const there = this.cases.of(alert)
    this.toggleCases(true)
    there?.status === 'open' ? this.cases.choose(there.number) : this.cases.begin(alert)
  }
  /** What would have been told, in the middle of what the panel leaves free of the map. */
  goToSpot(index: number): void {
    const spot = this.library.spots[index]
    if (!spot) return
    this.library.spot = index
    this.libraryChanged()
    const { lat, lon } = spot
    this.fitBeside('.desk', [lat - 0.15, lon - 0.15, lat + 0.15, lon + 0.15])
  }
  showSpots(): void {
    const lats = this.library.spots.map((s) => s.lat), lons = this.library.spots.map((s) => s.lon)
    this.fitBeside('.desk', [Math.min(...lats) - 0.1, Math.min(...lons) - 0.1, Math.max(...lats) + 0.1, Math.max(...lons) + 0.1])
  }

  private alertsChanged(what: 'alerts' | 'alert' | 'fleets'): void {
    this.drawAlert()
    this.dispatchEvent(new CustomEvent(what))
    this.touch(what === 'alert')
  }

  /** Paths and fleets on the chart; vessels of alerts get their signs when names are placed. */
  drawAlert(): void {
    this.chart.signs = this.signs()
    this.chart.ends = endsOf(this.alerts.detail)
    this.chart.drawAlert(shapesOf(this.alerts, this.settings.layers.has('fleets')))
  }

  /** Slots of the picture with the gravest urgency of an open alert; members of the chosen fleet. */
  private signs(): { slot: (p: Picture) => number | undefined; alert: Alert | null }[] {
    const out: { slot: (p: Picture) => number | undefined; alert: Alert | null }[] = []
    const find = (v: AlertVessel) => (): number | undefined => this.slotOf(v)
    for (const alert of this.alerts.open) for (const v of alert.fleet === null ? alert.vessels : []) out.push({ slot: find(v), alert })
    for (const fleet of fleetsOf(this.alerts)) for (const v of fleet.members) out.push({ slot: find(v), alert: null })
    return out
  }

  private byMmsi = new Map<number, number>()
  private mappedAt = -1
  private slotOf(v: AlertVessel): number | undefined {
    const p = this.picture
    if (this.mappedAt !== p.version) {
      this.mappedAt = p.version
      this.byMmsi = new Map()
      for (let s = 0; s < p.count; s++) if (p.mmsi[s]) this.byMmsi.set(p.mmsi[s]!, s)
    }
    return slotOf(v, p, this.byMmsi, this.node?.started ?? 0)
  }

  /** Number in the picture of a vessel of an alert, 0 when it is not there. */
  idOf(v: AlertVessel): number {
    const slot = this.slotOf(v)
    return slot === undefined ? 0 : this.picture.id[slot]!
  }
  nameOf(v: AlertVessel): string {
    const slot = this.slotOf(v)
    if (slot !== undefined) return this.picture.name[slot]!
    return v.mmsi ? String(v.mmsi).padStart(9, '0') : `#${v.vessel}`
  }
  nameById(id: number): string {
    const slot = this.picture.slotOf.get(id)
    return slot === undefined ? this.picture.claims.get(id)?.[0]?.name || this.picture.called.get(id) || `#${id}` : this.picture.name[slot]!
  }
  /** Nodes of the mesh that hold a vessel of the picture; null outside of one. */
  nodesOf(id: number): Nodes | null {
    const me = this.health?.mesh?.me.name
    return !me || !this.picture.slotOf.has(id) ? null : (this.picture.nodes.get(id) ?? { namer: me, heldBy: [me] })
  }
  /** Why nobody can say here that two vessels are one, as a sentence; '' where people can. */
  get notPaired(): string {
    if (!this.health?.mesh) return 'People say which vessels of several nodes are the same; this node is in no mesh.'
    return this.alerts.kept ? '' : 'What people say of vessels is kept with the alerts, and this node keeps none.'
  }
  vesselNames(a: Alert, most: number): string {
    const names = a.vessels.slice(0, most).map((v) => this.nameOf(v)), more = a.vessels_total - names.length
    return a.fleet !== null ? `fleet of ${a.vessels_total}` : names.join(', ') + (more > 0 ? ` +${more}` : '')
  }

  /** Chooses an alert and brings its place onto the screen if it is not there; 0: none. */
  chooseAlert(number: number): void {
    if (number) this.chooseAsset('')
    this.alerts.choose(number)
    const a = this.alerts.list.find((one) => one.number === number)
    if (a && !this.chart.map.getBounds().contains([a.lon_deg, a.lat_deg])) this.chart.map.easeTo({ center: [a.lon_deg, a.lat_deg], duration: 300 })
  }

  zoomToAlert(): void {
    this.slotOf({ mmsi: 1, vessel: null })
    const box = boxOf(this.alerts, this.picture, this.byMmsi, this.node?.started ?? 0)
    if (!box) return
    const [south, west, north, east] = box
    this.chart.map.fitBounds([[west, south], [east, north]], { padding: 80, maxZoom: 12, duration: 400 }) // prettier-ignore
  }

  /** "Who was here?" at a place, by default under the cursor, else in the middle of the map. */
  whoWasHere(at: { lat: number; lng: number } = this.cursor ?? this.chart.map.getCenter()): void {
    void this.nearby.ask(at.lat, at.lng, this.now, this.keeps)
  }
  get keeps(): boolean {
    return Boolean(this.node?.archive)
  }

  nextPalette(): void {
    this.settings.palette = PALETTE_NAMES[(PALETTE_NAMES.indexOf(this.settings.palette) + 1) % PALETTE_NAMES.length]!
    this.settings.changed('palette')
  }
  get palette() {
    return PALETTES[this.settings.palette]
  }

  cursor: { lat: number; lng: number } | null = null
  point(at: { lat: number; lng: number } | null): void {
    this.cursor = at
    this.dispatchEvent(new CustomEvent('cursor'))
  }

  measure(points: MeasurePoint[]): void {
    this.chart.measuring = points
    this.chart.drawNames()
    this.dispatchEvent(new CustomEvent('measure'))
  }

  /** Brings the chosen vessel, or the chosen one of our own, to the middle of the map. */
  centre(): void {
    const a = this.assets.get(this.settings.asset)
    if (a && isPlaced(a)) return void this.chart.map.easeTo({ center: [a.lon_deg!, a.lat_deg!], duration: 300 })
    const s = this.picture.slotOf.get(this.settings.selected)
    if (s !== undefined) this.chart.map.easeTo({ center: [this.picture.shown[2 * s]!, this.picture.shown[2 * s + 1]!], duration: 300 })
  }

  /** A vessel that somebody points at: the other one of a pair where that is asked for, else it is chosen. */
  take(id: number): void {
    if (this.pairing.choosing) this.pairing.pick(id)
    else if (this.tasks.draft?.picking) this.tasks.putVessel(id)
    else this.goTo(id)
  }

  /** Selects a vessel and brings it onto the screen if it is not there. */
  goTo(id: number): void {
    this.settings.select(id)
    const s = this.picture.slotOf.get(id)
    if (s === undefined) return
    const at: [number, number] = [this.picture.shown[2 * s]!, this.picture.shown[2 * s + 1]!]
    if (!this.chart.map.getBounds().contains(at)) this.chart.map.easeTo({ center: at, duration: 300 })
  }
}

/** Numbered places on the map, such as what a pattern would have told: a click chooses one. */
import * as maplibre from 'maplibre-gl'
import type { Spot } from './library'

export class Spots {
  private markers: maplibre.Marker[] = []
  private shown = ''

  constructor(
    private readonly map: maplibre.Map,
    private readonly choose: (index: number) => void,
  ) {}

  /** These and no others; `chosen`: -1 none. */
  show(spots: readonly Spot[], chosen: number): void {
    const now = JSON.stringify(spots)
    if (now !== this.shown) this.put(spots)
    this.shown = now
    this.markers.forEach((one, i) => {
      one.getElement().classList.toggle('chosen', i === chosen)
      one.getElement().setAttribute('aria-pressed', String(i === chosen))
    })
  }

  private put(spots: readonly Spot[]): void {
    for (const one of this.markers) one.remove()
    this.markers = spots.map((spot, i) => {
      const element = document.createElement('button')
      element.className = 'spot'
      element.textContent = String(i + 1)
      element.title = spot.title
      element.addEventListener('click', (e) => {
        e.stopPropagation()
        this.choose(i)
      })
      return new maplibre.Marker({ element }).setLngLat([spot.lon, spot.lat]).addTo(this.map)
    })
  }
}

/** Entry of the page: builds the frame of the screen and starts the application. */
import { App } from './app'
import './page.css'

document.body.innerHTML = `<div id="map" class="map" role="application" aria-label="Map"></div>`
const app = new App(document.getElementById('map')!)
Object.assign(window, { mihari: app }) // for tests and for the curious

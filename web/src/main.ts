/** Entry of the page: the frame of the screen, the application, the panels, the keys. */
import { App } from './app'
import { setApp } from './element'
import './elements/alarms'
import './elements/alert'
import './elements/alerts'
import './elements/asset'
import './elements/bar'
import './elements/board'
import './elements/decide'
import './elements/feeds'
import './elements/fleet'
import './elements/foot'
import './elements/health'
import './elements/help'
import './elements/library'
import './elements/list'
import './elements/nearby'
import './elements/pair'
import './elements/patrol'
import './elements/reports'
import './elements/stills'
import './elements/task'
import './elements/vessel'
import './elements/zones'
import { listenToKeys } from './keys'
import { listenToDrawing } from './drawing'
import { listenToMouse } from './mouse'
import './page.css'

document.body.innerHTML = `
  <div id="speech" class="hidden" role="alert"></div><div id="alert-speech" class="hidden" role="alert"></div>
  <main class="middle"><div id="map" class="map" aria-label="Map of vessels; the list holds the same"></div></main>`
const app = new App(document.getElementById('map')!)
setApp(app)
Object.assign(window, { mihari: app }) // for tests and for the curious

const main = document.querySelector('main')!
main.insertAdjacentHTML('beforebegin', '<mh-bar class="bar" role="banner"></mh-bar><mh-list class="left" role="region" aria-label="Vessels"></mh-list>')
main.insertAdjacentHTML('beforeend', '<mh-alarms class="alarms"></mh-alarms><mh-nearby></mh-nearby><mh-zones></mh-zones><mh-fleet></mh-fleet><mh-reports></mh-reports><mh-patrol></mh-patrol><mh-foot class="foot"></mh-foot>')
main.insertAdjacentHTML(
  'afterend',
  `<aside class="right" aria-label="Alerts, chosen vessel and feeds">
    <mh-alerts class="alerts" role="region" aria-label="Alerts" hidden></mh-alerts>
    <mh-alert class="alert"></mh-alert>
    <mh-asset></mh-asset>
    <mh-vessel class="vessel" role="region" aria-label="Chosen vessel" tabindex="0"></mh-vessel>
    <mh-feeds class="feeds" role="region" aria-label="Feeds" tabindex="0"></mh-feeds>
  </aside><mh-library></mh-library><mh-cases></mh-cases><mh-health></mh-health><mh-help></mh-help><mh-decide></mh-decide><mh-say></mh-say><mh-task></mh-task>`,
)
listenToKeys(app)
listenToMouse(app)
listenToDrawing(app)

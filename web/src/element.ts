/** Our elements render into the page itself, so that one style sheet and one palette serve all, and look at the app. */
import { LitElement } from 'lit'
import type { App } from './app'

let application: App
export function setApp(app: App): void {
  application = app
}

export abstract class Panel extends LitElement {
  /** Events of the app, and choices of the settings, after which this element renders again. */
  protected abstract readonly on: readonly string[]
  protected get app(): App {
    return application
  }
  private readonly again = (): void => this.requestUpdate()

  protected override createRenderRoot(): HTMLElement {
    return this
  }
  override connectedCallback(): void {
    super.connectedCallback()
    for (const event of this.on) {
      this.app.addEventListener(event, this.again)
      this.app.settings.addEventListener(event, this.again)
    }
  }
}

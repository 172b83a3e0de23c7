/** Says by an alert which webhooks of the server have references that lead nowhere. */
import { resolveWebhooks, type SecretSources } from '../config/secrets.js'
import { Problem } from '../core/problem.js'
import type { WebhookConfig } from '../core/schema.js'
import type { AlertBook } from '../supervisor/store/alert-book.js'

const RULE = 'webhook-unusable'

type Book = Pick<AlertBook, 'of' | 'raiseOwn' | 'clearOwn'>

export class WebhookCheck {
  #book: Book | null = null
  /** One look behind the other: the last one has the newest configuration. */
  #last: Promise<void> = Promise.resolve()

  constructor(
    private readonly now: () => { readonly webhooks: readonly WebhookConfig[]; readonly sources: SecretSources },
  ) {}

  /** There is a book by now. */
  tell(book: Book): void {
    this.#book = book
    this.look()
  }

  look(): Promise<void> {
    this.#last = this.#last.then(() => this.#look())
    return this.#last
  }

  async #look(): Promise<void> {
    const book = this.#book
    if (!book) return
    const { webhooks, sources } = this.now()
    const problems = await resolveWebhooks(webhooks, sources).then(
      () => [],
      (error: unknown) => (error instanceof Problem ? error.problems : null),
    )
    if (!problems) return
    const paths = new Set(problems.map(({ path }) => path))
    for (const { rule, metric } of book.of('')) if (rule === RULE && !paths.has(metric)) book.clearOwn('', RULE, metric)
    for (const { path, message } of problems)
      book.raiseOwn('', RULE, 'warning', `${path} cannot be used: ${message}`, path)
  }
}

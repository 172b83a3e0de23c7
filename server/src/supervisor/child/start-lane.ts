/** So many processes begin at once, and no more: forty that begin together would all be late for their watchdog. */
export class StartLane {
  private active = 0
  private readonly waiting: (() => void)[] = []

  constructor(private readonly width: number) {}

  /** Calls `start` when there is room; whoever was started calls leave(). `urgent`: before those that wait. */
  enter(start: () => void, urgent: boolean): void {
    if (urgent) this.waiting.unshift(start)
    else this.waiting.push(start)
    this.next()
  }

  leave(): void {
    this.active -= 1
    this.next()
  }

  private next(): void {
    while (this.active < this.width && this.waiting.length > 0) {
      this.active += 1
      this.waiting.shift()!()
    }
  }
}

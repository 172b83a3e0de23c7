/** So many in a second, and no more. */
export class Allowance {
  /** Those that were too many. */
  dropped = 0
  private second = 0
  private used = 0

  constructor(private readonly most: number) {}

  take(): boolean {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.second) {
      this.second = second
      this.used = 0
    }
    this.used += 1
    if (this.used <= this.most) return true
    this.dropped += 1
    return false
  }
}

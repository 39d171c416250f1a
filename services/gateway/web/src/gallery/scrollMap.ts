// A browser cuts boxes at about 16.8 million pixels (less on a dense screen), and a million photographs
// are taller than that. So the scrolled box has a height of its own, and this maps between its positions
// ("physical") and positions in the gallery ("virtual"). Small steps move both by the same amount, so the
// wheel feels as usual; jumps (the scroll bar, End) go through the proportion.

/** Half of the limit, since a dense screen counts device pixels. */
export const MAX_PHYSICAL = 8_000_000;
/** Both ends of the scroll range map one to one, so that they can be reached by small steps. */
const EDGE = 20_000;

export class ScrollMap {
  /** Position in the gallery of the upper edge of the view. */
  position = 0;
  /** Add to a virtual position to get a physical one. Constant while small steps are made. */
  shift = 0;
  viewport = 0;
  private total = 0;
  private last = 0;

  constructor(private readonly max = MAX_PHYSICAL) {}

  get isScaled(): boolean {
    return this.total > this.max;
  }

  get physicalHeight(): number {
    return Math.min(this.total, this.max);
  }

  get furthest(): number {
    return Math.max(0, this.total - this.viewport);
  }

  resize(total: number, viewport: number): void {
    this.total = total;
    this.viewport = viewport;
  }

  toPhysical(virtual: number): number {
    if (!this.isScaled) return virtual;
    const end = this.max - this.viewport;
    if (virtual <= EDGE) return virtual;
    if (virtual >= this.furthest - EDGE) return end - (this.furthest - virtual);
    return EDGE + ((virtual - EDGE) * (end - 2 * EDGE)) / (this.furthest - 2 * EDGE);
  }

  toVirtual(physical: number): number {
    if (!this.isScaled) return physical;
    const end = this.max - this.viewport;
    if (physical <= EDGE) return physical;
    if (physical >= end - EDGE) return this.furthest - (end - physical);
    return EDGE + ((physical - EDGE) * (this.furthest - 2 * EDGE)) / (end - 2 * EDGE);
  }

  /** Whether the box is where it was last put or seen, so that a scroll event is only an echo. */
  isAt(physical: number): boolean {
    return Math.abs(physical - this.last) < 1;
  }

  /** The box was scrolled to `physical`. Returns where the box should be moved to, if at all. */
  scrolled(physical: number): number | null {
    const step = physical - this.last;
    this.last = physical;
    if (!this.isScaled) {
      this.position = physical;
      this.shift = 0;
      return null;
    }
    const isJump = Math.abs(step) > 3 * this.viewport;
    const aimed = isJump ? this.toVirtual(physical) : this.position + step;
    this.position = Math.min(this.furthest, Math.max(0, aimed));
    this.shift = physical - this.position;
    const isNearEnd = physical < EDGE / 2 || physical > this.max - this.viewport - EDGE / 2;
    return isNearEnd ? this.settle() : null;
  }

  /** Brings the box back in proportion, once scrolling has come to rest. */
  settle(): number | null {
    const proper = Math.round(this.toPhysical(this.position));
    if (Math.abs(proper - this.last) < 2) return null;
    return this.place(proper);
  }

  /** Goes to a place in the gallery; returns where the box must be scrolled to. */
  goTo(virtual: number): number {
    this.position = Math.min(this.furthest, Math.max(0, virtual));
    return this.place(Math.round(this.toPhysical(this.position)));
  }

  private place(physical: number): number {
    this.last = physical;
    this.shift = this.isScaled ? physical - this.position : 0;
    return physical;
  }
}

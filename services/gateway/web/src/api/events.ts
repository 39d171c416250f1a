// The event stream carries hints: ids of what changed, never the change itself. They are gathered and
// handed on at most once a second, however fast an import runs.

export interface Hints {
  assets: Set<string>;
  storages: Set<string>;
  scans: Set<string>;
  reset: boolean;
}

export const noHints = (): Hints => ({
  assets: new Set(),
  storages: new Set(),
  scans: new Set(),
  reset: false,
});

/** Gathers hints and calls `deliver` with all of them at most once per `interval`. */
export class HintGatherer {
  private hints = noHints();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private lastDelivery = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly deliver: (hints: Hints) => void,
    private readonly interval = 1000,
    private readonly now: () => number = () => performance.now(),
  ) {}

  add(kind: "assets" | "storages" | "scans", ids: readonly string[]): void {
    for (const id of ids) this.hints[kind].add(id);
    this.schedule();
  }

  reset(): void {
    this.hints.reset = true;
    this.schedule();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private schedule(): void {
    if (this.timer !== null) return;
    const wait = Math.max(0, this.lastDelivery + this.interval - this.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.lastDelivery = this.now();
      const hints = this.hints;
      this.hints = noHints();
      this.deliver(hints);
    }, wait);
  }
}

/** Opens the stream; the browser reconnects and sends `Last-Event-ID` by itself. */
export function openEvents(url: string, deliver: (hints: Hints) => void): () => void {
  const gatherer = new HintGatherer(deliver);
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | null = null;
  let wasOpen = false;

  const ids = (event: MessageEvent<string>): string[] => {
    try {
      return (JSON.parse(event.data) as { ids?: string[] }).ids ?? [];
    } catch {
      return [];
    }
  };
  const connect = () => {
    source = new EventSource(url);
    source.addEventListener("asset", (e) => gatherer.add("assets", ids(e)));
    source.addEventListener("storage", (e) => gatherer.add("storages", ids(e)));
    source.addEventListener("scan", (e) => gatherer.add("scans", ids(e)));
    source.addEventListener("reset", () => gatherer.reset());
    source.addEventListener("open", () => {
      wasOpen = true;
    });
    source.addEventListener("error", () => {
      // A closed stream (not one that is reconnecting) was refused: try again with a fresh one, and
      // fetch anew, since its resume position is lost.
      if (source.readyState !== EventSource.CLOSED || retry !== null) return;
      retry = setTimeout(() => {
        retry = null;
        if (wasOpen) gatherer.reset();
        connect();
      }, 5000);
    });
  };
  connect();
  return () => {
    if (retry !== null) clearTimeout(retry);
    gatherer.stop();
    source.close();
  };
}

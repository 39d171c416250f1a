import Uppy, { type Body, type Meta } from "@uppy/core";
import Tus from "@uppy/tus";
import { apiUrl } from "../api/client";
import type { Id, Problem } from "../api/types";
import { m } from "../messages";
import type { Chosen } from "./dropped";
import type { Sent } from "./locals";

/** What a break or a pause costs at most, and how much of a file is one request. */
const CHUNK = 8 * 1024 * 1024;

/** Files that are sent at the same time. */
const AT_ONCE = 3;

/** Sends files to a workspace by tus, and goes on where it was: after a break, a pause, or a reload. */
export class Sender {
  private readonly uppy: Uppy<Meta, Body>;

  constructor(workspace: Id) {
    this.uppy = new Uppy<Meta, Body>({
      id: `stowage-${workspace}`,
      autoProceed: true,
      // What fails stands in the tray.
      logger: { debug: () => {}, warn: () => {}, error: () => {} },
      // A file that is done or failed may be sent once more.
      onBeforeFileAdded: (file, files) => {
        const known = files[file.id];
        return !known || known.progress.uploadComplete === true || Boolean(known.error);
      },
    });
    this.uppy.use(Tus, {
      endpoint: apiUrl(`/workspaces/${workspace}/uploads`),
      headers: { "X-Stowage": "1" },
      allowedMetaFields: ["name", "type", "relativePath", "lastModified"],
      chunkSize: CHUNK,
      limit: AT_ONCE,
      retryDelays: [500, 1000, 3000, 5000, 10_000, 20_000],
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error, _attempt, _options, usual) => !isFinal(error) && usual(error),
    });
    this.uppy.on("upload-error", (file, error, response) => {
      if (file) this.uppy.setFileState(file.id, { error: reasonOf(error, response?.body?.xhr) });
    });
  }

  subscribe = (listener: () => void): (() => void) => this.uppy.store.subscribe(listener);

  /** The same object until something changed. */
  snapshot = (): Sent => this.uppy.getState().files;

  add(chosen: readonly Chosen[]): void {
    for (const { file, path } of chosen) {
      const meta = { relativePath: path, lastModified: file.lastModified };
      try {
        this.uppy.addFile({ name: file.name, type: file.type, data: file, meta, source: "page" });
      } catch {
        // It is on its way already.
      }
    }
  }

  pause(id: string): void {
    if (!this.uppy.getFile(id)?.isPaused) this.uppy.pauseResume(id);
  }

  resume(id: string): void {
    if (this.uppy.getFile(id)?.isPaused) this.uppy.pauseResume(id);
  }

  retry(id: string): void {
    void this.uppy.retryUpload(id);
  }

  /** Takes a file out of the list; one that is under way is cancelled on the server too. */
  remove(id: string): void {
    if (this.uppy.getFile(id)) this.uppy.removeFile(id);
  }

  close(): void {
    this.uppy.pauseAll();
  }
}

/** A disk that is full stays so until somebody does something about it. */
function isFinal(error: { originalResponse?: { getStatus(): number; getBody(): string } | null }): boolean {
  const response = error.originalResponse;
  return response?.getStatus() === 507 && response.getBody().includes("storage-full");
}

function reasonOf(error: { message?: string }, xhr: unknown): string {
  if (!(xhr instanceof XMLHttpRequest) || xhr.status === 0) return m.uploads.noConnection;
  try {
    const problem = JSON.parse(xhr.responseText) as Partial<Problem>;
    const slug = problem.type?.split(":").pop() ?? "";
    return m.uploads.reasons[slug] ?? problem.detail ?? problem.title ?? m.errors.unexpected;
  } catch {
    return error.message ?? m.errors.unexpected;
  }
}

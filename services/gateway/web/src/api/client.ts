import type { Problem } from "./types";

const BASE = "/api/v1";

/** An answer of the gateway that is not a success, in its own words. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }

  get status(): number {
    return this.problem.status;
  }

  /** The stable last part of the problem's type, such as `invalid-credentials`. */
  get slug(): string {
    return this.problem.type.split(":").pop() ?? "";
  }

  get fields(): Record<string, string> {
    return this.problem.errors ?? {};
  }
}

/** The gateway could not be reached at all. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

export type QueryValue = string | number | boolean | undefined | null | readonly string[];

export function withQuery(path: string, query: Record<string, QueryValue> = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === "") continue;
    if (Array.isArray(value)) for (const one of value) params.append(key, one);
    else params.append(key, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

interface RequestOptions {
  query?: Record<string, QueryValue>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  // The gateway refuses an unsafe method without this header: another site cannot send it.
  if (method !== "GET") headers["X-Stowage"] = "1";
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  if (options.signal) init.signal = options.signal;

  let response: Response;
  try {
    response = await fetch(BASE + withQuery(path, options.query), init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new NetworkError("The server could not be reached.", { cause });
  }
  if (!response.ok) throw new ApiError(await readProblem(response));
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

async function readProblem(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: "urn:stowage:problem:unknown",
    title: `The server answered ${response.status} ${response.statusText}`.trim(),
    status: response.status,
  };
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? { ...fallback, ...body } : fallback;
  } catch {
    return fallback;
  }
}

export const http = {
  get: <T>(path: string, query?: Record<string, QueryValue>, signal?: AbortSignal) =>
    request<T>("GET", path, { ...(query && { query }), signal }),
  post: <T>(path: string, body?: unknown) => request<T>("POST", path, { body }),
  put: <T>(path: string, body: unknown) => request<T>("PUT", path, { body }),
  patch: <T>(path: string, body: unknown) => request<T>("PATCH", path, { body }),
  delete: <T>(path: string, query?: Record<string, QueryValue>, headers?: Record<string, string>) =>
    request<T>("DELETE", path, { ...(query && { query }), ...(headers && { headers }) }),
};

/** The address of the event stream and of downloads, which the browser opens by itself. */
export function apiUrl(path: string, query?: Record<string, QueryValue>): string {
  return BASE + withQuery(path, query);
}

// What a page complains about: errors in its console, exceptions, breaches of the content security policy, and
// answers that say that something failed.

/** Every answer that a page gets although nothing is wrong: somebody who is not signed in is told so. */
const EXPECTED = [{ status: 401, path: /\/api\/v1\/me$/ }];

export class Watch {
  #complaints = [];
  #expected = [...EXPECTED];

  async add(context) {
    await context.exposeBinding("reportBreach", (_source, breach) => this.#complaints.push(breach));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        const what = event.blockedURI || event.sample;
        globalThis.reportBreach(`content security policy: ${event.violatedDirective} forbids ${what}`);
      });
    });
    context.on("page", (page) => this.#follow(page));
  }

  #follow(page) {
    page.on("pageerror", (error) => this.#complaints.push(`exception: ${error.stack ?? error}`));
    page.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      // The browser's own word on an answer that failed; the answer itself is looked at below.
      if (message.text().startsWith("Failed to load resource: the server responded")) return;
      this.#complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      const status = response.status();
      if (status < 400 || this.#expected.some((one) => one.status === status && one.path.test(pathname))) return;
      this.#complaints.push(`${response.request().method()} ${pathname} answered ${status}`);
    });
  }

  /** Says that such an answer is what the test is about. */
  expect(status, path) {
    this.#expected.push({ status, path });
  }

  /** Returns the complaints since the last call. */
  take() {
    return this.#complaints.splice(0);
  }
}

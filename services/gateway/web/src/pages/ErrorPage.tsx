import { Button } from "@mantine/core";
import { IconCompass, IconPlugConnectedX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Empty } from "../shell/Empty";
import { useTitle } from "../shell/useTitle";

export function ErrorPage({ error, reset }: { error: unknown; reset?: () => void }) {
  useTitle(m.errors.pageTitle);
  const retry = () => (reset ? reset() : window.location.reload());
  return (
    <div>
      <Empty
        isPage
        icon={<IconPlugConnectedX size={34} stroke={1.5} />}
        title={m.errors.pageTitle}
        text={errorText(error)}
        action={<Button onClick={retry}>{m.common.retry}</Button>}
      />
    </div>
  );
}

/** In place of everything, where there is no frame around it. */
export function RootErrorPage(props: { error: unknown; reset?: () => void }) {
  return (
    <main>
      <ErrorPage {...props} />
    </main>
  );
}

export function NotFoundPage() {
  useTitle(m.errors.notFoundTitle);
  return (
    <main>
      <Empty
        isPage
        icon={<IconCompass size={34} stroke={1.5} />}
        title={m.errors.notFoundTitle}
        text={m.errors.notFoundText}
        action={<Button renderRoot={(props) => <Link to="/" {...props} />}>{m.errors.toLibrary}</Button>}
      />
    </main>
  );
}

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { showError } from "../lib/notify";
import { ApiError } from "./client";
import { meQuery } from "./queries";

let signedOut: () => void = () => {};

/** Sets what happens when the gateway no longer knows the session. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

function checkSession(error: Error): boolean {
  if (!(error instanceof ApiError) || error.slug !== "unauthenticated") return false;
  if (queryClient.getQueryData(meQuery.queryKey)) {
    queryClient.setQueryData(meQuery.queryKey, null);
    signedOut();
  }
  return true;
}

export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
  queryCache: new QueryCache({ onError: (error) => void checkSession(error) }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      // A form that shows its own errors says so.
      if (!checkSession(error) && mutation.meta?.ownErrors !== true) showError(error);
    },
  }),
});

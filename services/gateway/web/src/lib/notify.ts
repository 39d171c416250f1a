import { notifications } from "@mantine/notifications";
import { ApiError, NetworkError } from "../api/client";
import { m } from "../messages";

/** Every message can be closed, by its name too. */
export const closeButtonProps = { "aria-label": m.common.close };

export function errorText(error: unknown): string {
  if (error instanceof NetworkError) return m.errors.network;
  if (error instanceof ApiError) return sentence(error.message);
  return m.errors.unexpected;
}

/** The gateway's details begin as part of a sentence. */
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function showError(error: unknown): void {
  notifications.show({
    color: "red",
    title: m.errors.title,
    message: errorText(error),
    autoClose: 8000,
    closeButtonProps,
  });
}

export function showDone(message: string): void {
  notifications.show({ message, closeButtonProps });
}

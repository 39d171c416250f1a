import { useEffect } from "react";
import { m } from "../messages";

export function useTitle(page: string): void {
  useEffect(() => {
    document.title = m.app.title(page);
  }, [page]);
}

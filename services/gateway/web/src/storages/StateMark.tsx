import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconRefresh,
  type TablerIcon,
} from "@tabler/icons-react";
import classes from "./storages.module.css";
import type { StateWords, Tone } from "./words";

const ICONS: Record<Tone, TablerIcon> = {
  good: IconCircleCheck,
  busy: IconRefresh,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  quiet: IconCircleDashed,
};

/** A state by sign, colour and words together. */
export function StateMark({ state }: { state: StateWords }) {
  const Icon = ICONS[state.tone];
  return (
    <span className={classes.state} data-tone={state.tone}>
      <Icon size={17} stroke={1.9} aria-hidden />
      <span className="num">{state.text}</span>
    </span>
  );
}

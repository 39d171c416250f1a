import { percent } from "../messages";
import classes from "./usage.module.css";

interface UsageBarProps {
  label: string;
  used: number;
  /** Null where there is no limit: then there is no bar. */
  most: number | null;
  /** Something is refused when it is full, which colours it beforehand. */
  warns?: boolean;
}

/** How much of something is used. */
export function UsageBar({ label, used, most, warns = false }: UsageBarProps) {
  if (most === null) return <p className={classes.label}>{label}</p>;
  const share = most === 0 ? 100 : Math.min(100, (100 * used) / most);
  const tone = !warns || share < 90 ? undefined : share >= 100 ? "full" : "nearly";
  return (
    <div className={classes.usage}>
      <p className={classes.label}>
        <span>{label}</span>
        <span className="num">{percent(share, 100)}</span>
      </p>
      <progress className={classes.bar} data-tone={tone} aria-label={label} value={share} max={100} />
    </div>
  );
}

import { m, monthName } from "../messages";
import classes from "./gallery.module.css";
import type { Section } from "./geometry";
import type { GridMetrics, Row } from "./layout";
import { Tile } from "./Tile";

interface MonthRowsProps {
  section: Section;
  rows: readonly Row[];
  metrics: GridMetrics;
  shift: number;
  /** The one tile that the Tab key reaches. */
  entry: string | null;
  selected: ReadonlySet<string>;
  onOpen: (id: string) => void;
  onSelect: (id: string, isRange: boolean) => void;
  onFocus: (id: string) => void;
}

/** The heading of a month and those of its rows that are in view. */
export function MonthRows(props: MonthRowsProps) {
  const { section, rows, metrics, shift, entry, selected, onOpen, onSelect, onFocus } = props;
  const headingId = `month-${section.month}`;
  return (
    <div role="rowgroup" aria-labelledby={headingId}>
      <div
        role="row"
        aria-rowindex={section.firstRow + 1}
        className={classes.heading}
        style={{ transform: `translateY(${section.top + shift}px)`, height: metrics.headerHeight }}
      >
        <div role="gridcell" className={classes.headingCell}>
          <h2 id={headingId}>{monthName(section.month)}</h2>
          <span className="num">{m.library.monthCount(section.count)}</span>
        </div>
      </div>
      {rows.map((row) => (
        <div
          key={row.start}
          role="row"
          aria-rowindex={section.firstRow + 2 + section.layout.rows.indexOf(row)}
          className={classes.row}
          style={{
            transform: `translateY(${section.top + metrics.headerHeight + row.top + shift}px)`,
            height: row.height,
          }}
        >
          {section.items.slice(row.start, row.end).map((card, offset) => {
            const place = section.layout.boxes[row.start + offset];
            if (!place) return null;
            return (
              <Tile
                key={card.id}
                card={card}
                left={place.left}
                width={place.width}
                height={row.height}
                isEntry={card.id === entry}
                isSelected={selected.has(card.id)}
                isSelecting={selected.size > 0}
                onOpen={onOpen}
                onSelect={onSelect}
                onFocus={onFocus}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}

import { Switch } from "@mantine/core";
import type { OffMeans, OnMove, OnReturn, Storage } from "../api/types";
import { m } from "../messages";
import { ChoiceCards } from "./ChoiceCards";

export interface Behaviour {
  on_return: OnReturn;
  on_move: OnMove;
  off_means: OffMeans;
  check_duplicates: boolean;
}

export const behaviourOf = ({ on_return, on_move, off_means, check_duplicates }: Storage): Behaviour => ({
  on_return,
  on_move,
  off_means,
  check_duplicates,
});

interface BehaviourChoiceProps {
  value: Behaviour;
  onChange: (value: Behaviour) => void;
}

/** What becomes of photos whose files leave, return or move, and what switching off means. */
export function BehaviourChoice({ value, onChange }: BehaviourChoiceProps) {
  const words = m.behaviour;
  return (
    <>
      <ChoiceCards
        label={words.onReturn}
        isWide
        value={value.on_return}
        onChange={(on_return) => onChange({ ...value, on_return })}
        choices={[
          { value: "relink", title: words.relink, text: words.relinkText },
          { value: "hold", title: words.hold, text: words.holdText },
        ]}
      />
      <ChoiceCards
        label={words.onMove}
        isWide
        value={value.on_move}
        onChange={(on_move) => onChange({ ...value, on_move })}
        choices={[
          { value: "follow", title: words.follow, text: words.followText },
          { value: "recreate", title: words.recreate, text: words.recreateText },
        ]}
      />
      <ChoiceCards
        label={words.offMeans}
        isWide
        value={value.off_means}
        onChange={(off_means) => onChange({ ...value, off_means })}
        choices={[
          { value: "no_new_files", title: words.no_new_files, text: words.no_new_filesText },
          { value: "inaccessible", title: words.inaccessible, text: words.inaccessibleText },
        ]}
      />
      <Switch
        label={words.checkDuplicates}
        description={words.checkDuplicatesText}
        checked={value.check_duplicates}
        onChange={(event) => onChange({ ...value, check_duplicates: event.currentTarget.checked })}
      />
    </>
  );
}

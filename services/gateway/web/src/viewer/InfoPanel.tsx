import { CloseButton } from "@mantine/core";
import { IconAperture, IconCalendar, IconCamera, IconFile, IconMapPin } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { AssetDetail } from "../api/types";
import { useBulk } from "../gallery/bulk";
import { bytes, dateTime, decimal, m } from "../messages";
import { BinNote } from "./BinNote";
import { DateRow } from "./DateRow";
import { cameraName, exposureParts } from "./exposure";
import { AllFields, JobHistory } from "./InfoDetails";
import { LegalHold } from "./LegalHold";
import { Locations } from "./Locations";
import { PlaceRow } from "./PlaceRow";
import { From } from "./Provenance";
import { RatingRow } from "./RatingRow";
import { RereadMenu } from "./RereadMenu";
import { Tags } from "./Tags";
import { TextFieldRow } from "./TextFieldRow";
import { useCanEdit } from "./useEditAsset";
import classes from "./viewer.module.css";

export function InfoPanel({ detail, onClose }: { detail: AssetDetail | null; onClose: () => void }) {
  return (
    <aside className={classes.panel} aria-label={m.viewer.info} tabIndex={-1}>
      <div className={classes.panelHead}>
        <h2>{detail ? (detail.metadata.title ?? detail.name) : m.viewer.info}</h2>
        <CloseButton aria-label={m.common.close} onClick={onClose} />
      </div>
      {detail && (
        <>
          <BinNote detail={detail} />
          <Description key={`texts ${detail.id}`} detail={detail} />
          <Facts key={`facts ${detail.id}`} detail={detail} />
          <Tags detail={detail} />
          <Locations detail={detail} />
          {detail.warnings.length > 0 && (
            <section className={classes.section}>
              <h3>{m.viewer.warnings}</h3>
              {detail.warnings.map((warning) => (
                <p key={warning}>{warning}</p>
              ))}
            </section>
          )}
          <LegalHold key={`hold ${detail.id}`} detail={detail} />
          <JobHistory detail={detail} />
          <Reread detail={detail} />
          <AllFields detail={detail} />
        </>
      )}
    </aside>
  );
}

function Description({ detail }: { detail: AssetDetail }) {
  return (
    <section className={classes.texts} aria-label={m.viewer.details}>
      {detail.metadata.title && <p className={classes.fileName}>{detail.name}</p>}
      <TextFieldRow detail={detail} field="title" />
      <TextFieldRow
        detail={detail}
        field="description"
        isLong
        render={(text) => <span className={classes.lines}>{text}</span>}
      />
      <TextFieldRow detail={detail} field="creator" />
      <TextFieldRow detail={detail} field="copyright" />
      <RatingRow detail={detail} />
    </section>
  );
}

function Fact({ icon, label, children }: { icon: ReactNode; label: string; children: ReactNode }) {
  return (
    <div className={classes.fact} role="group" aria-label={label}>
      {icon}
      <div>{children}</div>
    </div>
  );
}

function Facts({ detail }: { detail: AssetDetail }) {
  const { metadata } = detail;
  const camera = cameraName(metadata);
  const exposure = exposureParts(metadata);
  const icon = { size: 20, stroke: 1.6, "aria-hidden": true } as const;
  const pixels = detail.width && detail.height ? detail.width * detail.height : null;

  return (
    <section className={classes.section}>
      <Fact icon={<IconCalendar {...icon} />} label={m.viewer.taken}>
        <DateRow detail={detail} />
      </Fact>
      {(camera || metadata.lens) && (
        <Fact icon={<IconCamera {...icon} />} label={m.viewer.camera}>
          <p>{camera ?? metadata.lens}</p>
          <p>
            {camera && metadata.lens ? `${metadata.lens} ` : ""}
            <From detail={detail} fields={["camera_model", "lens"]} />
          </p>
        </Fact>
      )}
      {exposure.length > 0 && (
        <Fact icon={<IconAperture {...icon} />} label={m.viewer.exposure}>
          <p className={`${classes.exposure} num`}>
            {exposure.map((part) => (
              <span key={part}>{part}</span>
            ))}
          </p>
          <p>
            <From detail={detail} fields={["exposure_time", "f_number", "iso"]} />
          </p>
        </Fact>
      )}
      <Fact icon={<IconFile {...icon} />} label={m.viewer.size}>
        <p className="num">
          {pixels && detail.width && detail.height
            ? `${m.viewer.dimensions(detail.width, detail.height)}, ${m.viewer.megapixels(decimal(pixels / 1e6))}, `
            : ""}
          {bytes(detail.size)}
        </p>
        <p>
          {detail.media_type}, {m.viewer.imported.toLowerCase()} {dateTime(detail.imported_at)}
          {detail.imported_by && ` ${m.viewer.importedBy(detail.imported_by)}`}
        </p>
      </Fact>
      <Fact icon={<IconMapPin {...icon} />} label={m.viewer.place}>
        <PlaceRow detail={detail} />
      </Fact>
    </section>
  );
}

function Reread({ detail }: { detail: AssetDetail }) {
  const { run, isRunning } = useBulk([detail.id]);
  if (!useCanEdit()) return null;
  return (
    <div className={classes.reread}>
      <RereadMenu onReread={(overwrite) => run({ overwrite })} loading={isRunning} />
    </div>
  );
}

//! XMP: what editors wrote, as RDF.

use roxmltree::{Document, Node, ParsingOptions};

use super::dates::{self, Stamp, Unusable};
use super::{Found, gps, text};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
const EXIF: &str = "http://ns.adobe.com/exif/1.0/";
const EXIF_EX: &str = "http://cipa.jp/exif/1.0/";
const TIFF: &str = "http://ns.adobe.com/tiff/1.0/";
const AUX: &str = "http://ns.adobe.com/exif/1.0/aux/";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Elements of one packet, at most.
const MAX_NODES: u32 = 100_000;

/// One property with all its values; a language alternative has the default one first.
struct Property {
    namespace: String,
    name: String,
    values: Vec<String>,
}

/// Reads the packets, the main one first.
pub(super) fn read(packets: &[Vec<u8>]) -> Found {
    let mut found = Found::default();
    let mut properties = Vec::new();
    for packet in packets {
        match parse(packet) {
            Ok(parsed) => properties.extend(parsed),
            Err(reason) => found.warn(format!("XMP could not be read: {reason}")),
        }
    }
    let get = |namespace: &str, name: &str| -> Option<&Property> {
        properties
            .iter()
            .find(|p| p.namespace == namespace && p.name == name)
    };
    let first = |namespace: &str, name: &str| -> Option<String> {
        get(namespace, name)?
            .values
            .first()
            .map(|value| text::cap(value))
    };
    let number = |namespace: &str, name: &str| -> Option<f64> {
        first(namespace, name).and_then(|value| rational(&value))
    };
    found.title = first(DC, "title");
    found.description = first(DC, "description");
    found.creator = get(DC, "creator").map(|p| text::cap(&p.values.join("; ")));
    found.copyright = first(DC, "rights");
    found.keywords = get(DC, "subject")
        .map(|p| p.values.clone())
        .unwrap_or_default();
    found.rating = number(XMP, "Rating").map(|stars| stars.round() as i32);
    found.rating = found.rating.filter(|stars| (-1..=5).contains(stars));
    found.software = first(XMP, "CreatorTool");
    found.city = first(PHOTOSHOP, "City");
    found.state = first(PHOTOSHOP, "State");
    found.country = first(PHOTOSHOP, "Country");
    found.camera_make = first(TIFF, "Make");
    found.camera_model = first(TIFF, "Model");
    found.lens = first(EXIF_EX, "LensModel").or_else(|| first(AUX, "Lens"));
    found.orientation = number(TIFF, "Orientation")
        .map(|value| value as u8)
        .filter(|value| (1..=8).contains(value));
    let positive = |value: &f64| *value > 0.0 && *value < 1e6;
    found.exposure_time = number(EXIF, "ExposureTime").filter(positive);
    found.f_number = number(EXIF, "FNumber").filter(positive);
    found.focal_length_mm = number(EXIF, "FocalLength").filter(positive);
    found.focal_length_35mm = number(EXIF, "FocalLengthIn35mmFilm").filter(positive);
    let iso =
        number(EXIF, "ISOSpeedRatings").or_else(|| number(EXIF_EX, "PhotographicSensitivity"));
    found.iso = iso.filter(positive).map(|value| value as u32);
    let mut warnings = Vec::new();
    let mut date = |namespace: &str, name: &str| {
        first(namespace, name).and_then(|value| stamp(&value, &mut warnings))
    };
    found.taken = date(EXIF, "DateTimeOriginal").or_else(|| date(PHOTOSHOP, "DateCreated"));
    found.written = date(XMP, "CreateDate");
    for warning in warnings {
        found.warn(warning);
    }
    let coordinate = |name: &str| first(EXIF, name).and_then(|text| gps::xmp_coordinate(&text));
    if let (Some(latitude), Some(longitude)) =
        (coordinate("GPSLatitude"), coordinate("GPSLongitude"))
    {
        let is_below = first(EXIF, "GPSAltitudeRef").as_deref() == Some("1");
        let altitude = number(EXIF, "GPSAltitude").map(|m| if is_below { -m } else { m });
        match gps::checked(latitude, longitude, altitude) {
            Ok(place) => found.gps = Some(place),
            Err(reason) => found.warn(reason),
        }
    }
    for property in &properties {
        found.field("xmp", &property.name, &property.values.join("; "));
    }
    found
}

fn stamp(value: &str, warnings: &mut Vec<String>) -> Option<Stamp> {
    match dates::iso(value) {
        Ok(stamp) => Some(stamp),
        Err(Unusable::Absent) => None,
        Err(Unusable::Implausible(reason)) => {
            warnings.push(reason);
            None
        }
    }
}

/// Reads `1/250` or `2.8`.
fn rational(text: &str) -> Option<f64> {
    let value = match text.split_once('/') {
        Some((above, below)) => {
            above.trim().parse::<f64>().ok()? / below.trim().parse::<f64>().ok()?
        }
        None => text.trim().parse().ok()?,
    };
    value.is_finite().then_some(value)
}

fn parse(packet: &[u8]) -> Result<Vec<Property>, String> {
    let decoded = match packet {
        [0xff, 0xfe, ..] => text::utf16(packet, true).unwrap_or_default(),
        [0xfe, 0xff, ..] => text::utf16(packet, false).unwrap_or_default(),
        _ => String::from_utf8_lossy(packet).into_owned(),
    };
    // The wrapper `<?xpacket …?>` may be padded with blanks and NULs, and carries a byte order
    // mark inside; what counts is between the first bracket and the last.
    let start = decoded.find('<').ok_or("it is empty")?;
    let end = decoded.rfind('>').ok_or("it is empty")?;
    let xml: &str = decoded.get(start..=end).unwrap_or_default();
    // No entity declarations are allowed, so nothing can expand.
    let options = ParsingOptions {
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(xml, options).map_err(|error| error.to_string())?;
    let mut properties = Vec::new();
    for description in document
        .descendants()
        .filter(|node| is_rdf(*node, "Description"))
    {
        // Descriptions inside a property are structures; only the outer ones have properties.
        let is_outer = description
            .parent()
            .is_some_and(|parent| is_rdf(parent, "RDF"));
        if is_outer {
            collect(description, &mut properties);
        }
    }
    Ok(properties)
}

fn is_rdf(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().namespace() == Some(RDF) && node.tag_name().name() == name
}

/// Takes the simple properties and the lists of one description.
fn collect(description: Node<'_, '_>, properties: &mut Vec<Property>) {
    for attribute in description.attributes() {
        let Some(namespace) = attribute.namespace().filter(|ns| *ns != RDF && *ns != XML) else {
            continue;
        };
        add(
            properties,
            namespace,
            attribute.name(),
            text::tidy(attribute.value()).into_iter().collect(),
        );
    }
    for element in description.children().filter(Node::is_element) {
        let Some(namespace) = element.tag_name().namespace() else {
            continue;
        };
        let list = element.children().find(|child| {
            ["Alt", "Bag", "Seq"]
                .iter()
                .any(|kind| is_rdf(*child, kind))
        });
        let values = match list {
            Some(list) => items(list),
            None if element.children().any(|child| child.is_element()) => continue,
            None => element.text().and_then(text::tidy).into_iter().collect(),
        };
        add(properties, namespace, element.tag_name().name(), values);
    }
}

fn add(properties: &mut Vec<Property>, namespace: &str, name: &str, values: Vec<String>) {
    // Previews and histories are large, and no text.
    let is_blob = matches!(name, "image" | "Thumbnails" | "History" | "Data");
    if !values.is_empty() && !is_blob {
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        properties.push(Property {
            namespace,
            name,
            values,
        });
    }
}

/// The values of a list; of an alternative by language, the default one alone.
fn items(list: Node<'_, '_>) -> Vec<String> {
    let items = || list.children().filter(|child| is_rdf(*child, "li"));
    let value = |item: Node<'_, '_>| item.text().and_then(text::tidy);
    if is_rdf(list, "Alt") {
        let default = items().find(|item| item.attribute((XML, "lang")) == Some("x-default"));
        return default
            .and_then(value)
            .or_else(|| items().find_map(value))
            .into_iter()
            .collect();
    }
    items().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: &str = r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
  xmp:Rating="4" exif:GPSLatitude="50,5.25N" exif:GPSLongitude="14,25.5E">
<dc:title><rdf:Alt><rdf:li xml:lang="de">Brücke</rdf:li><rdf:li xml:lang="x-default">Bridge</rdf:li></rdf:Alt></dc:title>
<dc:subject><rdf:Bag><rdf:li>river</rdf:li><rdf:li>night</rdf:li></rdf:Bag></dc:subject>
<exif:DateTimeOriginal>2024-05-01T22:00:00+02:00</exif:DateTimeOriginal>
<exif:ExposureTime>1/30</exif:ExposureTime>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"#;

    #[test]
    fn reads_attributes_elements_and_lists() {
        let found = read(&[PACKET.as_bytes().to_vec()]);
        assert_eq!(found.warnings, Vec::<String>::new());
        assert_eq!(found.title.as_deref(), Some("Bridge"));
        assert_eq!(found.keywords, ["river", "night"]);
        assert_eq!(found.rating, Some(4));
        assert_eq!(found.gps.map(|gps| gps.latitude), Some(50.0875));
        assert_eq!(found.taken.unwrap().offset_minutes, Some(120));
        assert!((found.exposure_time.unwrap() - 1.0 / 30.0).abs() < 1e-9);
    }

    #[test]
    fn entities_are_refused_and_garbage_is_a_warning() {
        let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>"#;
        assert_eq!(read(&[bomb.as_bytes().to_vec()]).warnings.len(), 1);
        assert_eq!(read(&[b"no brackets".to_vec()]).warnings.len(), 1);
        assert_eq!(read(&[]).warnings.len(), 0);
    }
}

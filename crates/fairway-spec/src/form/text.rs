use std::sync::LazyLock;

use data_encoding::BASE64;
use jiff::Span;
use regex::Regex;
use serde_json::Value;

/// Shapes of text that the Table Schema names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextForm {
    /// An e-mail address, as the HTML standard writes its pattern.
    Email,
    /// A URI with its scheme, of the characters of RFC 3986.
    Uri,
    /// A UUID in its usual form.
    Uuid,
    /// Bytes as Base64.
    Binary,
    /// A duration as ISO 8601 writes it: `P1Y2M`.
    Duration,
    /// A JSON object.
    Object,
    /// A JSON array.
    Array,
    /// Longitude and latitude: `-1.54, 53.8`.
    Point,
    /// The same as a JSON array.
    PointArray,
    /// The same as a JSON object with `lon` and `lat`.
    PointObject,
    /// A GeoJSON object.
    GeoJson,
    /// A TopoJSON object.
    TopoJson,
}

/// Source: HTML Living Standard, "valid email address"; a domain has a dot here.
const EMAIL: &str = r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$";
/// Source: RFC 3986, sections 2 and 3.1.
const URI: &str = r"^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$";
const UUID: &str = r"^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$";

/// `None` only where a pattern above were none, which a test rules out.
static PATTERNS: LazyLock<[Option<Regex>; 3]> = LazyLock::new(|| [EMAIL, URI, UUID].map(|p| Regex::new(p).ok()));

impl TextForm {
    pub(super) fn fits(self, text: &str) -> bool {
        let matches =
            |at: usize| PATTERNS.get(at).and_then(Option::as_ref).is_some_and(|pattern| pattern.is_match(text));
        match self {
            Self::Email => matches(0),
            Self::Uri => matches(1),
            Self::Uuid => matches(2),
            Self::Binary => BASE64.decode(text.as_bytes()).is_ok(),
            Self::Duration => {
                let written = text.strip_prefix(['-', '+']).unwrap_or(text);
                written.starts_with(['P', 'p']) && text.parse::<Span>().is_ok()
            }
            Self::Object => json(text).is_some_and(|value| value.is_object()),
            Self::Array => json(text).is_some_and(|value| value.is_array()),
            Self::Point | Self::PointArray | Self::PointObject => self.point(text).is_some_and(on_earth),
            Self::GeoJson => json(text).is_some_and(|value| is_geojson(&value)),
            Self::TopoJson => json(text).is_some_and(|value| {
                value["type"] == "Topology" && value["objects"].is_object() && value["arcs"].is_array()
            }),
        }
    }

    fn point(self, text: &str) -> Option<(f64, f64)> {
        if self == Self::Point {
            let (lon, lat) = text.split_once(',')?;
            return Some((lon.trim().parse().ok()?, lat.trim().parse().ok()?));
        }
        let value = json(text)?;
        let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        let (lon, lat) = match (&value, self) {
            (Value::Array(parts), Self::PointArray) if parts.len() == 2 => (&value[0], &value[1]),
            (Value::Object(parts), Self::PointObject) if parts.len() == 2 => (&value["lon"], &value["lat"]),
            _ => return None,
        };
        Some((number(lon)?, number(lat)?))
    }

    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Uri => "a URI with its scheme",
            Self::Uuid => "a UUID",
            Self::Binary => "Base64",
            Self::Duration => "a duration as ISO 8601 writes it",
            Self::Object => "a JSON object",
            Self::Array => "a JSON array",
            Self::Point => "longitude and latitude with a comma between",
            Self::PointArray => "a JSON array of longitude and latitude",
            Self::PointObject => "a JSON object of lon and lat",
            Self::GeoJson => "GeoJSON",
            Self::TopoJson => "TopoJSON",
        }
    }

    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Email => "name@example.org",
            Self::Uri => "https://example.org/",
            Self::Uuid => "123e4567-e89b-12d3-a456-426614174000",
            Self::Binary => "SGVsbG8=",
            Self::Duration => "P1Y2M",
            Self::Object => r#"{"a": 1}"#,
            Self::Array => "[1, 2]",
            Self::Point => "-1.54, 53.8",
            Self::PointArray => "[-1.54, 53.8]",
            Self::PointObject => r#"{"lon": -1.54, "lat": 53.8}"#,
            Self::GeoJson => r#"{"type": "Point", "coordinates": [-1.54, 53.8]}"#,
            Self::TopoJson => r#"{"type": "Topology", "objects": {}, "arcs": []}"#,
        }
    }

    /// Type and format in the Table Schema.
    pub(crate) fn schema(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Email => ("string", Some("email")),
            Self::Uri => ("string", Some("uri")),
            Self::Uuid => ("string", Some("uuid")),
            Self::Binary => ("string", Some("binary")),
            Self::Duration => ("duration", None),
            Self::Object => ("object", None),
            Self::Array => ("array", None),
            Self::Point => ("geopoint", None),
            Self::PointArray => ("geopoint", Some("array")),
            Self::PointObject => ("geopoint", Some("object")),
            Self::GeoJson => ("geojson", None),
            Self::TopoJson => ("geojson", Some("topojson")),
        }
    }
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn on_earth((lon, lat): (f64, f64)) -> bool {
    (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat)
}

/// Whether the object has a type of RFC 7946 and the member that goes with it.
fn is_geojson(value: &Value) -> bool {
    match value["type"].as_str() {
        Some("Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon") => {
            value["coordinates"].is_array()
        }
        Some("GeometryCollection") => value["geometries"].as_array().is_some_and(|all| all.iter().all(is_geojson)),
        Some("Feature") => {
            let geometry = &value["geometry"];
            value.get("properties").is_some() && (geometry.is_null() || is_geojson(geometry))
        }
        Some("FeatureCollection") => value["features"].as_array().is_some_and(|all| all.iter().all(is_geojson)),
        _ => false,
    }
}

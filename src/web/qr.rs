//! Addresses as pictures for a camera.

use qrcode::{EcLevel, QrCode, render::svg};

/// A QR code as SVG, dark on light whatever the theme: cameras want it so.
pub(super) fn qr(uri: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(uri, EcLevel::M) else { return String::new() };
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(220, 220)
        .dark_color(svg::Color("#000000"))
        .light_color(svg::Color("#ffffff"))
        .build();
    // Without the XML declaration it may stand inside a page.
    drawn.find("<svg").map_or_else(String::new, |start| drawn[start..].to_owned())
}

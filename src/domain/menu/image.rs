//! A menu's picture: its kind and size are read from its own bytes, so that no file can claim another.

use std::{fmt, sync::Arc};

use super::{MenuError, MenuSize};

/// LINE says 1 MB.
const MOST_BYTES: usize = 1_000_000;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = &[0xff, 0xd8];

/// The kinds of pictures that LINE takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl ImageKind {
    /// The value of `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// A picture that LINE takes for a menu. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct MenuImage {
    bytes: Arc<[u8]>,
    kind: ImageKind,
    size: MenuSize,
}

impl MenuImage {
    /// Checks kind, weight and size.
    pub fn new(bytes: Vec<u8>) -> Result<Self, MenuError> {
        let kind = if bytes.starts_with(PNG) {
            ImageKind::Png
        } else if bytes.starts_with(JPEG) {
            ImageKind::Jpeg
        } else {
            return Err(MenuError::NoPicture);
        };
        if bytes.len() > MOST_BYTES {
            return Err(MenuError::TooHeavy { bytes: bytes.len() });
        }
        let size = match kind {
            ImageKind::Png => png_size(&bytes),
            ImageKind::Jpeg => jpeg_size(&bytes),
        };
        let size = size.ok_or(MenuError::NoPicture)?.check()?;
        Ok(Self { bytes: bytes.into(), kind, size })
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// PNG or JPEG.
    pub fn kind(&self) -> ImageKind {
        self.kind
    }

    /// Its size.
    pub fn size(&self) -> MenuSize {
        self.size
    }
}

impl fmt::Debug for MenuImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MenuImage({:?}, {}, {} bytes)", self.kind, self.size, self.bytes.len())
    }
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// The first chunk of a PNG is its header (PNG specification, 5.6 and 11.2.1).
fn png_size(bytes: &[u8]) -> Option<MenuSize> {
    (bytes.get(12..16)? == b"IHDR").then_some(())?;
    Some(MenuSize { width: number(bytes, 16, 4)?, height: number(bytes, 20, 4)? })
}

/// A JPEG's size stands in its frame header, behind segments of other kinds (ITU-T T.81, B.2).
fn jpeg_size(bytes: &[u8]) -> Option<MenuSize> {
    let mut at = JPEG.len();
    loop {
        (*bytes.get(at)? == 0xff).then_some(())?;
        let marker = *bytes.get(at + 1)?;
        match marker {
            // Fill bytes.
            0xff => at += 1,
            // Start of frame, of every process; C4, C8 and CC are other things.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some(MenuSize {
                    width: number(bytes, at + 7, 2)?,
                    height: number(bytes, at + 5, 2)?,
                });
            }
            // The picture's data begins, and no frame was there.
            0xda => return None,
            _ => {
                let length = usize::try_from(number(bytes, at + 2, 2)?).ok().filter(|length| *length >= 2)?;
                at += 2 + length;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As much of a PNG as says its size.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = [PNG, &[0, 0, 0, 13], b"IHDR"].concat();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 11, 8];
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes
    }

    #[test]
    fn the_size_is_read_from_either_kind() {
        let size = |bytes| MenuImage::new(bytes).map(|image| (image.kind(), image.size().to_string()));
        assert_eq!(size(png(2_500, 1_686)), Ok((ImageKind::Png, "2500×1686".into())));
        assert_eq!(size(jpeg(1_200, 810)), Ok((ImageKind::Jpeg, "1200×810".into())));
    }

    #[test]
    fn what_line_would_refuse_is_refused() {
        let mut heavy = png(2_500, 1_686);
        heavy.resize(1_000_001, 0);
        assert_eq!(MenuImage::new(heavy), Err(MenuError::TooHeavy { bytes: 1_000_001 }));
        assert_eq!(MenuImage::new(b"GIF89a".to_vec()), Err(MenuError::NoPicture));
        assert!(matches!(MenuImage::new(png(100, 100)), Err(MenuError::Size(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_stop_the_reader(start in prop::bool::ANY, rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = MenuImage::new([if start { PNG } else { JPEG }, &rest].concat());
        }
    }
}

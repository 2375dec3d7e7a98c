//! Pictures, decoded within limits to shades of grey. All that is known of a format is in the child: what comes out are bare pixels,
//! which whoever holds them may enlarge, shrink and write as a picture anew.

use std::io::{Cursor, ErrorKind};

use image::codecs::gif::GifDecoder;
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::{
    AnimationDecoder, DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader,
};

use crate::documents::NoDocument;
use crate::finding::FindingKind;

/// What the pixels of a file are called: `a.png!picture`.
pub(crate) const NAME: &str = "picture";

/// Pixels of the largest picture that is decoded.
pub(crate) const MOST_PIXELS: u64 = 50_000_000;

/// Bytes that a decoder may take at once: four for each of the most pixels.
const MOST_BYTES: u64 = 4 * MOST_PIXELS;

/// Thousandths of pixels with the very shade of the one on their left, below which a picture is none of a screen itself. What a screen
/// shows is mostly one colour, also once JPEG has cut it into blocks; what a camera sees never is.
const FLAT: u64 = 300;

/// A picture in shades of grey, a byte for each pixel, row by row, from black to white.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grey {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The shades: `width` times `height` of them.
    pub pixels: Vec<u8>,
}

/// A picture as it was decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What its file is, in a word such as `png`.
    pub format: String,
    /// Whether more pictures follow it, which are not read.
    pub is_animated: bool,
    /// Whether it looks as if a camera took it.
    pub is_photo: bool,
    /// What it shows; of an animated one its first picture.
    pub grey: Grey,
}

/// What a file is that is a picture, by its first bytes.
pub(crate) fn format_of(head: &[u8]) -> Option<ImageFormat> {
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(ImageFormat::Png),
        [0xff, 0xd8, 0xff, ..] => Some(ImageFormat::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(ImageFormat::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(ImageFormat::WebP),
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Some(ImageFormat::Tiff),
        // Four bytes that are zero, and the length of the header behind those that say where the pixels are.
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, _, _, _, _, 12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0, ..] => {
            Some(ImageFormat::Bmp)
        }
        _ => None,
    }
}

/// Decodes a picture.
pub(crate) fn read(format: ImageFormat, bytes: &[u8]) -> Result<Picture, NoDocument> {
    let reader = || {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits());
        reader
    };
    let (width, height) = reader().into_dimensions().map_err(|error| not_read(&error))?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS {
        let detail = format!("it states {width} × {height} pixels, and {MOST_PIXELS} together are the most");
        return Err(NoDocument::new(FindingKind::TooLarge, detail));
    }
    if pixels == 0 {
        return Err(NoDocument::new(FindingKind::Empty, format!("it states {width} × {height} pixels")));
    }
    let decoder = reader().into_decoder().map_err(|error| not_read(&error))?;
    if decoder.total_bytes() > MOST_BYTES {
        let detail = format!("its pixels take {} bytes, and {MOST_BYTES} are the most", decoder.total_bytes());
        return Err(NoDocument::new(FindingKind::TooLarge, detail));
    }
    let decoded = DynamicImage::from_decoder(decoder).map_err(|error| not_read(&error))?;
    let grey = grey_of(decoded);
    let is_photo = grey.flat() < FLAT;
    Ok(Picture { format: word(format).to_owned(), is_animated: is_animated(format, bytes), is_photo, grey })
}

/// What a decoder may take.
fn limits() -> image::Limits {
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    limits
}

fn word(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpeg",
        ImageFormat::Gif => "gif",
        ImageFormat::WebP => "webp",
        ImageFormat::Tiff => "tiff",
        _ => "bmp",
    }
}

/// Whether more than one picture is in the file.
fn is_animated(format: ImageFormat, bytes: &[u8]) -> bool {
    let file = Cursor::new(bytes);
    match format {
        ImageFormat::Gif => {
            // Each frame states measures of its own, which nothing else bounds.
            GifDecoder::new(file).is_ok_and(|mut decoder| {
                decoder.set_limits(limits()).is_ok() && decoder.into_frames().take(2).flatten().count() > 1
            })
        }
        ImageFormat::Png => PngDecoder::new(file).is_ok_and(|decoder| decoder.is_apng().unwrap_or(false)),
        ImageFormat::WebP => WebPDecoder::new(file).is_ok_and(|decoder| decoder.has_animation()),
        _ => false,
    }
}

/// On white, where it lets shine through what is behind it.
fn grey_of(decoded: DynamicImage) -> Grey {
    let (width, height) = (decoded.width(), decoded.height());
    let pixels = if decoded.color().has_alpha() {
        let both = decoded.into_luma_alpha8().into_raw();
        let on_white = |pixel: &[u8]| match pixel {
            [shade, alpha] => {
                let mixed = u32::from(*shade) * u32::from(*alpha) + 255 * (255 - u32::from(*alpha));
                shade_of(mixed / 255)
            }
            _ => u8::MAX,
        };
        both.chunks_exact(2).map(on_white).collect()
    } else {
        decoded.into_luma8().into_raw()
    };
    Grey { width, height, pixels }
}

fn shade_of(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

fn not_read(error: &ImageError) -> NoDocument {
    let kind = match error {
        ImageError::Limits(_) => FindingKind::TooLarge,
        ImageError::Unsupported(_) => FindingKind::Unsupported,
        ImageError::IoError(why) if why.kind() == ErrorKind::UnexpectedEof => FindingKind::Truncated,
        _ => FindingKind::Corrupt,
    };
    NoDocument::new(kind, error.to_string())
}

impl Grey {
    /// Whether there are as many pixels as its measures say, and any.
    pub(crate) fn is_whole(&self) -> bool {
        let all = u64::from(self.width) * u64::from(self.height);
        all > 0 && all <= MOST_PIXELS && all == self.pixels.len() as u64
    }

    fn rows(&self) -> std::slice::ChunksExact<'_, u8> {
        self.pixels.chunks_exact(usize::try_from(self.width).unwrap_or(usize::MAX).max(1))
    }

    /// Thousandths of pixels with the shade of the one on their left.
    fn flat(&self) -> u64 {
        let same = |row: &[u8]| row.windows(2).filter(|pair| pair.first() == pair.last()).count() as u64;
        let all = u64::from(self.width.saturating_sub(1)) * u64::from(self.height);
        // What is one pixel wide shows nothing else.
        (self.rows().map(same).sum::<u64>() * 1000).checked_div(all).unwrap_or(1000)
    }

    /// The same from black to white, and dark on light: all but the darkest and the lightest two hundredth of its pixels spread over
    /// all shades.
    pub fn dark_on_light(&self) -> Grey {
        let mut counts = [0u64; 256];
        for shade in &self.pixels {
            counts[usize::from(*shade)] += 1;
        }
        let all = self.pixels.len() as u64;
        // The shade below which so many of a thousand pixels are.
        let at = |permille: u64| {
            let mut below = 0;
            let place = counts.iter().position(|count| {
                below += count;
                below * 1000 > all * permille
            });
            u32::try_from(place.unwrap_or(255)).unwrap_or(255)
        };
        let (darkest, middle, lightest) = (at(5), at(500), at(995));
        let is_dark = 2 * middle < darkest + lightest;
        let spread = |shade: u32| {
            let spread = (shade.clamp(darkest, lightest) - darkest) * 255 / (lightest - darkest).max(1);
            shade_of(if is_dark { 255 - spread } else { spread })
        };
        let table: Vec<u8> = (0..256).map(spread).collect();
        let pixels = self.pixels.iter().map(|shade| table.get(usize::from(*shade)).copied().unwrap_or_default());
        Grey { pixels: pixels.collect(), ..*self }
    }

    /// Twice or three times as wide and high, as smooth as a cubic curve through the pixels (Catmull and Rom); otherwise as it is.
    pub fn enlarged(&self, times: u32) -> Grey {
        /// Weights of the pixel on the near side, of the one itself, and of the two on the far side.
        const TWICE: [i32; 4] = [-9, 111, 29, -3];
        const THRICE: [i32; 4] = [-2, 21, 9, -1];
        let steps: &[_] = match times {
            2 => &[(Some(TWICE), -1), (Some(TWICE), 1)],
            3 => &[(Some(THRICE), -1), (None, 0), (Some(THRICE), 1)],
            _ => return self.clone(),
        };
        self.wider(steps).turned().wider(steps).turned()
    }

    /// Some pixels for each: it itself, or the weighted sum of its neighbours to one side.
    fn wider(&self, steps: &[(Option<[i32; 4]>, isize)]) -> Grey {
        let mut pixels = Vec::with_capacity(self.pixels.len() * steps.len());
        for row in self.rows() {
            let last = row.len() - 1;
            for (at, shade) in row.iter().enumerate() {
                for (weights, side) in steps {
                    let Some(weights) = weights else {
                        pixels.push(*shade);
                        continue;
                    };
                    let (mut sum, mut all) = (0, 0);
                    for (weight, offset) in weights.iter().zip(-1isize..) {
                        let place = at.saturating_add_signed(offset * side).min(last);
                        sum += weight * i32::from(row.get(place).copied().unwrap_or(*shade));
                        all += weight;
                    }
                    pixels.push(u8::try_from((sum / all).clamp(0, 255)).unwrap_or_default());
                }
            }
        }
        let times = u32::try_from(steps.len()).unwrap_or(1);
        Grey { width: self.width.saturating_mul(times), height: self.height, pixels }
    }

    /// Rows as columns.
    fn turned(&self) -> Grey {
        let width = usize::try_from(self.width).unwrap_or(usize::MAX);
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for column in 0..width {
            pixels.extend(self.pixels.get(column..).unwrap_or_default().iter().step_by(width));
        }
        Grey { width: self.height, height: self.width, pixels }
    }

    /// Half as wide and high: of four pixels their mean.
    pub fn halved(&self) -> Grey {
        let (width, height) = (self.width / 2, self.height / 2);
        let rows: Vec<&[u8]> = self.rows().collect();
        let mut pixels = Vec::with_capacity(self.pixels.len() / 4);
        for pair in rows.chunks_exact(2) {
            let [above, below] = pair else { continue };
            for (above, below) in above.chunks_exact(2).zip(below.chunks_exact(2)) {
                let sum: u32 = above.iter().chain(below).map(|shade| u32::from(*shade)).sum();
                pixels.push(shade_of(sum / 4));
            }
        }
        Grey { width, height, pixels }
    }

    /// Blackens what lies between two corners, the second outside.
    pub fn blacken(&mut self, from: (u32, u32), to: (u32, u32)) {
        let width = usize::try_from(self.width).unwrap_or(usize::MAX).max(1);
        let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        for row in self.pixels.chunks_exact_mut(width).skip(place(from.1)).take(place(to.1.saturating_sub(from.1))) {
            let end = place(to.0).min(row.len());
            row.get_mut(place(from.0).min(end)..end).unwrap_or_default().fill(0);
        }
    }

    /// As a picture that any program reads: PGM, which is its pixels behind their measures.
    pub fn to_pgm(&self) -> Vec<u8> {
        [format!("P5 {} {} 255\n", self.width, self.height).as_bytes(), &self.pixels].concat()
    }

    /// As a PNG of sixteen shades; `None` where there are no pixels.
    pub fn to_png(&self) -> Option<Vec<u8>> {
        let shades: Vec<u8> = self.pixels.iter().map(|shade| (shade >> 4) * 17).collect();
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::NoFilter)
            .write_image(&shades, self.width, self.height, ExtendedColorType::L8)
            .ok()?;
        Some(png)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture(width: u32, height: u32, shade: impl Fn(u32, u32) -> u8) -> Grey {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| shade(x, y)).collect();
        Grey { width, height, pixels }
    }

    #[test]
    fn a_picture_comes_back_from_what_was_written_and_looks_like_a_screen() {
        let grey = picture(40, 20, |x, y| if x / 8 == 2 && y > 5 { 0 } else { 255 });
        let png = grey.to_png().expect("it has pixels");
        assert_eq!(format_of(&png), Some(ImageFormat::Png));
        let read = read(ImageFormat::Png, &png).expect("it is a picture");
        assert_eq!((read.grey, read.is_photo, read.is_animated, read.format.as_str()), (grey, false, false, "png"));
    }

    #[test]
    fn what_has_no_flat_colour_is_taken_for_a_photo() {
        let noise = picture(64, 64, |x, y| u8::try_from((x * 37 + y * 91 + x * y * 7) % 251).unwrap_or_default());
        assert!(noise.flat() < FLAT);
        assert!(picture(64, 64, |x, _| if x % 9 == 0 { 0 } else { 200 }).flat() > FLAT);
    }

    #[test]
    fn too_many_pixels_and_broken_files_are_named() {
        let kind = |bytes: &[u8]| {
            format_of(bytes).map(|format| read(format, bytes).map_or_else(|none| none.kind, |_| FindingKind::Empty))
        };
        // The header of a PNG of 50,000 × 50,000 pixels.
        let mut huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        huge.extend([0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50, 8, 0, 0, 0, 0]);
        let crc = flate2::Crc::new();
        let crc = {
            let mut crc = crc;
            crc.update(&huge[12..]);
            crc.sum()
        };
        huge.extend(crc.to_be_bytes());
        huge.extend(b"\0\0\0\x04IDAT\0\0\0\0\0\0\0\0");
        assert_eq!(kind(&huge), Some(FindingKind::TooLarge));
        let whole = picture(90, 90, |x, y| if (x + y) % 7 == 0 { 0 } else { 255 }).to_png().expect("it has pixels");
        let cut = whole.get(..whole.len() / 2).expect("half of it");
        assert!(matches!(kind(cut), Some(FindingKind::Truncated | FindingKind::Corrupt)), "{:?}", kind(cut));
        assert_eq!(kind(b"GIF89a\0\0"), Some(FindingKind::Corrupt));
        assert_eq!(format_of(b"BM is the beginning of a text, and not of a picture"), None);
    }

    #[test]
    fn dark_themes_are_turned_and_pale_ones_spread() {
        let dark = picture(100, 100, |x, y| if x % 10 == 0 && y % 2 == 0 { 200 } else { 30 }).dark_on_light();
        assert_eq!((dark.pixels.first(), dark.pixels.get(1)), (Some(&0), Some(&255)));
        let pale = picture(100, 100, |x, y| if x % 10 == 0 && y % 2 == 0 { 180 } else { 220 }).dark_on_light();
        assert_eq!((pale.pixels.first(), pale.pixels.get(1)), (Some(&0), Some(&255)));
    }

    proptest! {
        #[test]
        fn sizes_change_as_they_should(width in 1u32..40, height in 1u32..40, shade in any::<u8>(), times in 2u32..4) {
            let flat = picture(width, height, |_, _| shade);
            let large = flat.enlarged(times);
            prop_assert!(large.is_whole() && (large.width, large.height) == (width * times, height * times));
            prop_assert!(large.pixels.iter().all(|it| *it == shade));
            let mut half = flat.halved();
            prop_assert!((half.width * half.height) as usize == half.pixels.len());
            half.blacken((1, 1), (u32::MAX, u32::MAX));
            prop_assert!(half.rows().skip(1).all(|row| row.iter().skip(1).all(|it| *it == 0)));
        }

        #[test]
        fn whatever_is_in_a_file_is_read_or_named(start in 0usize..6, rest in prop::collection::vec(any::<u8>(), 0..300)) {
            let heads: [&[u8]; 6] = [
                b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x10\0\0\0WEBPVP8 ", b"II*\0",
                b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
            ];
            let bytes = [heads[start], &rest].concat();
            if let Some(format) = format_of(&bytes) && let Ok(picture) = read(format, &bytes) {
                prop_assert!(picture.grey.is_whole());
            }
        }
    }
}

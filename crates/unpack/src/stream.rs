//! Compressed streams, one or several end to end: gzip (RFC 1952), bzip2, xz, lzip, zstd (RFC 8878) and lz4 frames.

use std::io::{self, BufRead, BufReader, Read};

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::{LzipReader, XzReader};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::archive::walk_stream;
use crate::budget::{Bounded, Counted, Rejoined};
use crate::clues::{ClueKind, Clues};
use crate::cpio;
use crate::detect::{Codec, Container, HEAD};
use crate::limits::Limits;
use crate::sink::{Sink, Stop};
use crate::tar;

/// Passes on what a compressed stream holds. A tar or cpio archive inside is opened under the path of the stream itself: `x.tar.gz!a.c`.
pub(crate) fn walk(
    sink: &mut Sink<'_>,
    path: &str,
    stream: &mut dyn Read,
    codec: Codec,
    depth: u32,
) -> Result<(), Stop> {
    let mut stream = Rejoined::new(stream, HEAD);
    if codec == Codec::Gzip {
        tell_gzip(sink, path, stream.head())?;
    }
    let (counted, consumed) = Counted::new(&mut stream);
    let mut decoded = Bounded::new(decoder(codec, Box::new(counted)), consumed, sink.limits.ratio);
    let mut content = Rejoined::new(&mut decoded, HEAD);
    match Container::of(content.head()) {
        Some(Container::Tar) => tar::walk(sink, path, &mut content, depth),
        Some(Container::Cpio) => cpio::walk(sink, path, &mut content, depth),
        _ => walk_stream(sink, &format!("{path}!{}", stem(path, codec)), &mut content, None, depth),
    }
}

/// What the head of a gzip stream says (RFC 1952, 2.3): the name and time of what was packed, and the system.
fn tell_gzip(sink: &mut Sink<'_>, path: &str, head: &[u8]) -> Result<(), Stop> {
    let mut clues = Clues::default();
    if let [_, _, _, flags, t0, t1, t2, t3, _, system, rest @ ..] = head {
        clues.time(Some(u32::from_le_bytes([*t0, *t1, *t2, *t3]).into()));
        let systems = ["FAT (DOS, Windows)", "Amiga", "VMS", "Unix", "VM/CMS", "Atari", "HPFS (OS/2)", "Macintosh"];
        let system = match system {
            11 => Some("NTFS (Windows)"),
            // Most programs write that of Unix wherever they run.
            3 | 255 => None,
            system => systems.get(usize::from(*system)).copied(),
        };
        clues.add(ClueKind::Tool, system.unwrap_or_default().as_bytes());
        // Extra fields come before the name.
        let extra = if flags & 4 == 0 {
            Some(0)
        } else {
            rest.first_chunk().map(|it| 2 + usize::from(u16::from_le_bytes(*it)))
        };
        let mut rest = extra.and_then(|extra| rest.get(extra..)).unwrap_or_default();
        for (flag, kind) in [(8, ClueKind::Name), (16, ClueKind::Comment)] {
            if let Some(end) = rest.iter().position(|byte| *byte == 0).filter(|_| flags & flag != 0) {
                clues.add(kind, &rest[..end]);
                rest = &rest[end + 1..];
            }
        }
    }
    clues.tell(sink, path)
}

/// What the stream holds, decompressed as it is read.
pub(crate) fn decoder<'r>(codec: Codec, stream: Box<dyn Read + 'r>) -> Box<dyn Read + 'r> {
    const BUFFER: usize = 64 << 10;
    let kibibytes = u32::try_from(Limits::DECODER >> 10).unwrap_or(u32::MAX);
    match codec {
        Codec::Gzip => Box::new(MultiGzDecoder::new(stream)),
        Codec::Bzip2 => Box::new(MultiBzDecoder::new(stream)),
        Codec::Xz => Box::new(XzReader::new_mem_limit(BufReader::with_capacity(BUFFER, stream), true, kibibytes)),
        Codec::Lzip => Box::new(LzipReader::new(BufReader::with_capacity(BUFFER, stream))),
        Codec::Zstd => Box::new(Zstd::new(BufReader::with_capacity(BUFFER, stream))),
        Codec::Lz4 => {
            let stream = EndOfLz4 { inner: BufReader::with_capacity(BUFFER, stream), last: [0xff; 8] };
            Box::new(Lz4 { frames: lz4_flex::frame::FrameDecoder::new(stream) })
        }
    }
}

/// The name without its suffix. The name in a stream's own header is the packer's word, and may differ.
fn stem(path: &str, codec: Codec) -> String {
    let name = path.rsplit(['/', '!']).next().unwrap_or(path);
    let without = codec.suffixes().iter().find_map(|(suffix, instead)| {
        let at = name.len().checked_sub(suffix.len()).filter(|at| *at > 0)?;
        name.get(at..)?.eq_ignore_ascii_case(suffix).then(|| format!("{}{instead}", &name[..at]))
    });
    without.unwrap_or_else(|| "content".to_owned())
}

/// Frames of zstd end to end, those to be skipped among them, each held against its checksum.
struct Zstd<R> {
    stream: R,
    decoder: FrameDecoder,
    is_in_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    fn new(stream: R) -> Zstd<R> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(Limits::DECODER);
        Zstd { stream, decoder, is_in_frame: false }
    }

    /// Goes on to the next frame; false at the end of the stream.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.stream.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.stream) {
                Ok(()) => {
                    self.is_in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let skipped = io::copy(&mut (&mut self.stream).take(length.into()), &mut io::sink())?;
                    if skipped < u64::from(length) {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(as_io(error)),
            }
        }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            if !self.is_in_frame && !self.begin()? {
                return Ok(0);
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            if self.decoder.is_finished() {
                self.is_in_frame = false;
                let stated = self.decoder.get_checksum_from_data();
                if stated.is_some() && stated != self.decoder.get_calculated_checksum() {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame's checksum does not hold"));
                }
            } else {
                let step = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.stream, step).map_err(as_io)?;
            }
        }
        Ok(0)
    }
}

/// The error of the stream below where it was one, so that its end is told from damage.
fn as_io(error: FrameDecoderError) -> io::Error {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = source {
        if let Some(kind) = inner.downcast_ref::<io::Error>().map(io::Error::kind)
            && kind == io::ErrorKind::UnexpectedEof
        {
            return io::Error::new(kind, "it ends inside a frame");
        }
        source = inner.source();
    }
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

/// Frames of lz4. The library takes the end of the stream inside a frame for the end of the frame.
struct Lz4<R: Read> {
    frames: lz4_flex::frame::FrameDecoder<EndOfLz4<R>>,
}

impl<R: Read> Read for Lz4<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.frames.read(buffer)?;
        if read == 0 && !buffer.is_empty() && !self.frames.get_ref().is_after_a_frame() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it ends inside a frame"));
        }
        Ok(read)
    }
}

/// Remembers the bytes read last: a frame ends with four zeros, and mostly a checksum behind them.
struct EndOfLz4<R> {
    inner: R,
    last: [u8; 8],
}

impl<R> EndOfLz4<R> {
    fn is_after_a_frame(&self) -> bool {
        self.last[..4] == [0; 4] || self.last[4..] == [0; 4]
    }
}

impl<R: Read> Read for EndOfLz4<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let new = &buffer[read.saturating_sub(8)..read];
        self.last.copy_within(new.len().., 0);
        self.last[8 - new.len()..].copy_from_slice(new);
        Ok(read)
    }
}

//! Archives as their own tools write them, small, with a few files in each.

use std::io::{Cursor, Write};

use flate2::{Compress, Compression, FlushCompress};
use sevenz_rust2::encoder_options::AesEncoderOptions;
use sevenz_rust2::{ArchiveEntry, ArchiveWriter, EncoderMethod, Password};
use zip::unstable::write::FileOptionsExt as _;
use zip::write::SimpleFileOptions;
use zip::{AesMode, ZipWriter};

/// What is in their files.
pub(crate) const STORY: &[u8] = b"The files were taken on a Tuesday. The files were sold on a Friday.\n";

pub(crate) fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        archive.write_all(bytes).expect("its bytes");
    }
    archive.finish().expect("an archive").into_inner()
}

pub(crate) fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_uid(1001);
        header.set_gid(100);
        header.set_mtime(1_557_484_200);
        header.set_username("svc-backup").expect("a name");
        builder.append_data(&mut header, name, *bytes).expect("an entry");
    }
    builder.into_inner().expect("an archive")
}

pub(crate) fn cpio_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in files.iter().copied().chain([("TRAILER!!!", &b""[..])]) {
        let fields = [1, 0o100_644, 1001, 100, 1, 1_557_484_200, bytes.len(), 0, 0, 0, 0, name.len() + 1, 0];
        archive.extend(b"070701");
        fields.iter().for_each(|field| archive.extend(format!("{field:08x}").bytes()));
        archive.extend([name.as_bytes(), b"\0"].concat());
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend(bytes);
        archive.resize(archive.len().next_multiple_of(4), 0);
    }
    archive
}

pub(crate) fn ar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        let header =
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 1_557_484_200, 1001, 100, "100644", bytes.len());
        archive.extend(header.bytes());
        archive.extend(*bytes);
        archive.resize(archive.len().next_multiple_of(2), b'\n');
    }
    archive
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::default()).expect("a writer");
    writer.write_all(bytes).expect("its bytes");
    writer.finish().expect("a stream")
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let builder = flate2::GzBuilder::new().filename("dump.sql").mtime(1_557_484_200).operating_system(11);
    let mut writer = builder.write(Vec::new(), Compression::default());
    writer.write_all(bytes).expect("its bytes");
    writer.finish().expect("a stream")
}

/// Each codec's suffix, and what it makes of some bytes.
pub(crate) fn streams(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bzip2.write_all(bytes).expect("its bytes");
    let mut lzip = lzma_rust2::LzipWriter::new(Vec::new(), lzma_rust2::LzipOptions::with_preset(1));
    lzip.write_all(bytes).expect("its bytes");
    let mut lz4 = lz4_flex::frame::FrameEncoder::with_frame_info(
        lz4_flex::frame::FrameInfo::new().content_checksum(true),
        Vec::new(),
    );
    lz4.write_all(bytes).expect("its bytes");
    vec![
        ("gz", gzip(bytes)),
        ("bz2", bzip2.finish().expect("a stream")),
        ("xz", xz(bytes)),
        ("lz", lzip.finish().expect("a stream")),
        ("zst", ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)),
        ("lz4", lz4.finish().expect("a stream")),
    ]
}

pub(crate) fn seven_zip(password: Option<&str>, hides_names: bool) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).expect("a writer");
    if let Some(password) = password {
        let lock = AesEncoderOptions::new(Password::new(password));
        writer.set_content_methods(vec![lock.into(), EncoderMethod::LZMA2.into()]);
        writer.set_encrypt_header(hides_names);
    }
    for (name, bytes) in [("src/story.txt", STORY), ("src/two.txt", b"two")] {
        writer.push_archive_entry(ArchiveEntry::new_file(name), Some(bytes)).expect("an entry");
    }
    writer.finish().expect("an archive").into_inner()
}

pub(crate) fn locked_zip(password: &str, is_old: bool) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    let locked = if is_old {
        plain.with_deprecated_encryption(password.as_bytes()).expect("a lock")
    } else {
        plain.with_aes_encryption(AesMode::Aes256, password)
    };
    for (name, options) in [("open.txt", plain), ("locked.txt", locked)] {
        archive.start_file(name, options).expect("an entry");
        archive.write_all(STORY).expect("its bytes");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A package with a host and a firm in its header.
pub(crate) fn rpm_of(payload: &[u8]) -> Vec<u8> {
    let header = |entries: &[(u32, &str)]| {
        let (mut index, mut store) = (Vec::new(), Vec::new());
        for (tag, text) in entries {
            let at = u32::try_from(store.len()).expect("small");
            [*tag, 6, at, 1].iter().for_each(|field| index.extend(field.to_be_bytes()));
            store.extend([text.as_bytes(), b"\0"].concat());
        }
        let count = u32::try_from(entries.len()).expect("few").to_be_bytes();
        let length = u32::try_from(store.len()).expect("small").to_be_bytes();
        [&b"\x8e\xad\xe8\x01\0\0\0\0"[..], &count, &length, &index, &store].concat()
    };
    let mut package = b"\xed\xab\xee\xdb".to_vec();
    package.resize(96, 0);
    package.extend(header(&[(1000, "abc")]));
    package.resize(package.len().next_multiple_of(8), 0);
    package.extend(header(&[(1007, "build-7.example.org"), (1011, "Example")]));
    package.extend(payload);
    package
}

/// A cabinet of one folder: its method, and its blocks, each with how many bytes it gives.
pub(crate) fn cab_of(method: u16, blocks: &[(&[u8], usize)], files: &[(&str, usize)]) -> Vec<u8> {
    let mut entries = Vec::new();
    let mut offset = 0;
    for (name, size) in files {
        let number = |it: usize| u32::try_from(it).expect("small").to_le_bytes();
        entries.extend([&number(*size)[..], &number(offset), &[0, 0, 0xaa, 0x4e, 0xc2, 0x53, 0x20, 0]].concat());
        entries.extend([name.as_bytes(), b"\0"].concat());
        offset += size;
    }
    let half = |it: usize| u16::try_from(it).expect("small").to_le_bytes();
    let data_at = 44 + entries.len();
    let mut cabinet = b"MSCF".to_vec();
    cabinet.resize(16, 0);
    cabinet.extend([44, 0, 0, 0, 0, 0, 0, 0, 3, 1, 1, 0]);
    cabinet.extend([half(files.len()), [0, 0], [0, 0], [0, 0]].concat());
    cabinet.extend(u32::try_from(data_at).expect("small").to_le_bytes());
    cabinet.extend([half(blocks.len()), method.to_le_bytes()].concat());
    cabinet.extend(entries);
    for (block, size) in blocks {
        cabinet.extend([&[0; 4][..], &half(block.len()), &half(*size), block].concat());
    }
    cabinet
}

/// Two blocks as MSZIP has them: the second repeats what the first gave.
pub(crate) fn mszip_blocks() -> [Vec<u8>; 2] {
    let deflate = |parts: &[&[u8]]| {
        let mut deflater = Compress::new(Compression::best(), false);
        let mut out = vec![0; 1000];
        let mut start = 0;
        for (number, part) in parts.iter().enumerate() {
            let is_last = number + 1 == parts.len();
            start = usize::try_from(deflater.total_out()).expect("small");
            let flush = if is_last { FlushCompress::Finish } else { FlushCompress::Sync };
            deflater.compress(part, &mut out[start..], flush).expect("deflated");
        }
        [b"CK", &out[start..usize::try_from(deflater.total_out()).expect("small")]].concat()
    };
    [deflate(&[STORY]), deflate(&[STORY, STORY])]
}

/// An image with a folder, two files, and, if asked for, a folder that holds itself.
pub(crate) fn iso_of(loops: bool) -> Vec<u8> {
    let both = |it: u32| [it.to_le_bytes(), it.to_be_bytes()].concat();
    let record = |name: &[u8], sector: u32, size: u32, flags: u8| {
        let odd = usize::from(name.len().is_multiple_of(2));
        let length = u8::try_from(33 + name.len() + odd).expect("short");
        let mut record = [&[length, 0][..], &both(sector), &both(size), &[119, 5, 10, 13, 30, 0, 12, flags]].concat();
        record.extend([0, 0, 1, 0, 0, 1, u8::try_from(name.len()).expect("short")]);
        record.extend(name);
        record.resize(length.into(), 0);
        record
    };
    let size = u32::try_from(STORY.len()).expect("small");
    let mut image = vec![0; 16 * 2048];
    let mut descriptor = [b"\x01CD001\x01\0", &[b' '; 64][..]].concat();
    descriptor.resize(2048, 0);
    descriptor[156..190].copy_from_slice(&record(&[0], 18, 2048, 2));
    descriptor[574..702].copy_from_slice(format!("{:<128}", "MKISOFS").as_bytes());
    let end = [&b"\xffCD001\x01"[..], &[0; 2041]].concat();
    let root = [
        record(&[0], 18, 2048, 2),
        record(&[1], 18, 2048, 2),
        record(b"STORY.TXT;1", 20, size, 0),
        record(b"SUB", if loops { 18 } else { 19 }, 2048, 2),
    ];
    let below = [record(&[0], 19, 2048, 2), record(&[1], 18, 2048, 2), record(b"TWO.TXT;1", 20, 10, 0)];
    for sector in [descriptor, end, root.concat(), below.concat(), STORY.to_vec()] {
        image.extend(sector);
        image.resize(image.len().next_multiple_of(2048), 0);
    }
    image
}

/// What a RAR archive is to be like.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rar<'p> {
    pub(crate) is_old: bool,
    pub(crate) is_solid: bool,
    pub(crate) is_stored: bool,
    pub(crate) password: Option<&'p str>,
    pub(crate) hides_names: bool,
}

/// An archive of RAR 5, or of RAR 4 where it is to be old.
pub(crate) fn rar_of(like: Rar<'_>, files: &[(&str, &[u8])]) -> Vec<u8> {
    rar_builder(like, files).to_bytes().expect("an archive")
}

pub(crate) fn rar_builder(like: Rar<'_>, files: &[(&str, &[u8])]) -> rars::Builder {
    let version = if like.is_old { rars::ArchiveVersion::Rar40 } else { rars::ArchiveVersion::Rar50 };
    let mut builder = rars::Builder::new(version)
        .store(like.is_stored)
        .solid(like.is_solid)
        .password(like.password.map(|it| it.as_bytes().to_vec()))
        .header_encryption(like.hides_names);
    for (name, bytes) in files {
        builder.add_bytes(name.as_bytes().to_vec(), bytes.to_vec(), Some(1_557_484_200), None).expect("a file");
    }
    builder
}

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use super::*;
use crate::protocol::LONGEST_FRAME;

/// An ELF file of these sections, little-endian, as a linker leaves it: of each its name, kind, flags and bytes.
fn elf(sections: &[(&str, u64, u64, &[u8])]) -> Vec<u8> {
    let mut names = b"\0".to_vec();
    let mut name = |name: &str| {
        let at = names.len() as u64;
        names.extend([name.as_bytes(), b"\0"].concat());
        at
    };
    let mut rows: Vec<(u64, u64, u64, &[u8])> =
        sections.iter().map(|(of, kind, flags, bytes)| (name(of), *kind, *flags, *bytes)).collect();
    let of_names = name(".shstrtab");
    rows.push((of_names, 3, 0, &names));
    let mut file = vec![0; 64];
    let mut table = vec![[0u64; 6]];
    for (name, kind, flags, bytes) in rows {
        let at = file.len() as u64;
        table.push([name | kind << 32, flags, if flags & 2 > 0 { 0x1000 + at } else { 0 }, at, bytes.len() as u64, 0]);
        file.extend_from_slice(bytes);
    }
    let at = file.len() as u64;
    for [name_kind, flags, address, offset, size, _] in &table {
        for word in [name_kind, flags, address, offset, size, &0, &1, &0] {
            file.extend_from_slice(&word.to_le_bytes());
        }
    }
    file[..16].copy_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    file[16..24].copy_from_slice(&[3, 0, 62, 0, 1, 0, 0, 0]);
    file[40..48].copy_from_slice(&at.to_le_bytes());
    let count = u8::try_from(table.len()).unwrap();
    file[52..64].copy_from_slice(&[64, 0, 0, 0, 0, 0, 64, 0, count, 0, count - 1, 0]);
    file
}

/// One of a section of code and a build id.
fn small() -> Vec<u8> {
    let note = [&4u32.to_le_bytes()[..], &8u32.to_le_bytes(), &3u32.to_le_bytes(), b"GNU\0", &[0xab; 8]].concat();
    elf(&[(".text", 1, 6, &[0x90; 512]), (".note.gnu.build-id", 7, 2, &note), (".rodata", 1, 2, &[7; 32])])
}

fn marks(bytes: &[u8]) -> Vec<(MarkKind, String)> {
    read(bytes).map(|all| all.into_iter().flat_map(|it| it.marks).collect()).unwrap_or_default()
}

#[test]
fn a_program_tells_its_build_and_what_it_names() {
    let itself = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    if itself.len() as u64 > LONGEST {
        return;
    }
    let [of] = &read(&itself).unwrap()[..] else { panic!("one program") };
    assert!(of.format.starts_with("ELF ") && of.has_debug, "{}", of.format);
    assert!(of.functions.count > 1_000 && of.functions.some.len() <= MOST_NAMES);
    assert!(of.sources.some.iter().any(|name| name.ends_with(".rs")), "{:?}", of.sources);
    assert!(of.paths.some.iter().any(|path| path.starts_with('/')), "{:?}", of.paths);
    let has = |kind| of.marks.iter().any(|(of, _)| *of == kind);
    assert!(has(MarkKind::Code) && has(MarkKind::Layout));
    assert!(minicbor::to_vec(of).unwrap().len() < LONGEST_FRAME);
}

#[test]
fn a_section_that_changed_leaves_the_others_to_tell_the_build() {
    let small = small();
    let all = marks(&small);
    let kinds: Vec<MarkKind> = all.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [MarkKind::BuildId, MarkKind::Code, MarkKind::Layout]);
    assert_eq!(all[0].1, "ab".repeat(8));
    let mut other_code = small.clone();
    other_code[100] ^= 1;
    assert_eq!(marks(&other_code)[0], all[0]);
    assert_ne!(marks(&other_code)[1], all[1]);
    assert_eq!(marks(&other_code)[2], all[2]);
}

#[test]
fn files_cut_and_changed_at_every_place_are_read_or_refused() {
    let small = small();
    for length in 0..small.len() {
        assert!(read(&small[..length]).is_ok_and(|it| it.len() == 1) || read(&small[..length]).is_err());
    }
    for at in 0..small.len() {
        for value in [0, 0x7f, 0xff] {
            let mut changed = small.clone();
            changed[at] = value;
            let told = read(&changed);
            assert!(told.is_err() || told.is_ok_and(|it| it.len() <= MOST));
        }
    }
}

#[test]
fn a_million_sections_that_share_one_long_name_are_bounded() {
    let mut file = small();
    let count = 1_000_000u64;
    // The count of sections stands in the first one where it is more than its field holds.
    let at = file.len() as u64;
    file[40..48].copy_from_slice(&at.to_le_bytes());
    file[60..64].copy_from_slice(&[0, 0, 1, 0]);
    let names = at + count * 64;
    for number in 0..count {
        let mut section = [0u8; 64];
        section[4] = if number == 1 { 3 } else { 1 };
        section[24..32].copy_from_slice(&names.to_le_bytes());
        let size = if number == 0 { count } else { 1 << 20 };
        section[32..40].copy_from_slice(&size.to_le_bytes());
        file.extend_from_slice(&section);
    }
    file.extend(std::iter::repeat_n(b'n', (1 << 20) - 1).chain([0]));
    let [of] = &read(&file).unwrap()[..] else { panic!("one program") };
    assert!(of.problems.iter().any(|it| it.contains("names more than is read")), "{:?}", of.problems);
}

#[test]
fn dwarf_that_leads_in_circles_is_read_once() {
    // What a unit, a function, an imported unit and one whose name is of a form that is told beside it consist of (DWARF 4, 7.5.3).
    let tables = [
        &[1, 0x11, 1, 0x01, 0x13, 0, 0][..],
        &[2, 0x2e, 0, 0x47, 0x13, 0x31, 0x13, 0x03, 0x08, 0, 0],
        &[3, 0x3d, 0, 0x18, 0x10, 0, 0],
        &[4, 0x2e, 0, 0x03, 0x16, 0, 0, 0],
    ];
    let refers =
        |kind: u8, to: &[u32]| [&[kind][..], &to.iter().flat_map(|at| at.to_le_bytes()).collect::<Vec<_>>()].concat();
    let entries = [
        // The unit's sibling is the unit.
        refers(1, &[11]),
        // Each is declared by the other, and is a copy of itself.
        [&refers(2, &[32, 16])[..], b"circle\0"].concat(),
        [&refers(2, &[16, 32])[..], b"ring\0"].concat(),
        // The unit imports itself.
        refers(3, &[0]),
        [&[4][..], &[0x16; 5_000], b"\x08deep\0", &[0]].concat(),
    ];
    let entries = entries.concat();
    let unit =
        [&u32::try_from(entries.len() + 7).unwrap().to_le_bytes()[..], &[4, 0, 0, 0, 0, 0, 8], &entries].concat();
    let file =
        elf(&[(".text", 1, 6, &[0x90; 512]), (".debug_info", 1, 0, &unit), (".debug_abbrev", 1, 0, &tables.concat())]);
    let [of] = &read(&file).unwrap()[..] else { panic!("one program") };
    assert!(of.has_debug && of.problems.is_empty(), "{:?}", of.problems);
    assert_eq!(of.functions.some, ["circle", "deep", "ring"]);
}

#[test]
fn streams_of_a_pdb_that_lead_in_circles_are_refused() {
    let mut file = vec![0u8; 4096];
    file[..32].copy_from_slice(pdb::MAGIC);
    for (at, word) in [(32, 512u32), (36, 1), (40, 8), (44, 4096), (52, 1)] {
        file[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    // The list of pages names itself.
    for at in (512..1024).step_by(4) {
        file[at..at + 4].copy_from_slice(&1u32.to_le_bytes());
    }
    assert!(read(&file).is_err());
    for length in 0..file.len() {
        assert!(read(&file[..length]).is_err());
    }
    let mut lying = file.clone();
    lying[44..48].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(read(&lying).is_err());
}

#[test]
fn names_are_chosen_by_themselves_whatever_their_order() {
    let chosen = |names: &mut dyn Iterator<Item = u32>| {
        let mut chosen = Chosen::default();
        names.for_each(|it| chosen.add(format!("function_{it}").as_bytes()));
        chosen.finish()
    };
    let all = chosen(&mut (0..5_000));
    assert_eq!((all.count, all.some.len()), (5_000, MOST_NAMES));
    assert_eq!(all, chosen(&mut (0..5_000).rev().chain(7..90)));
}

#[test]
fn what_only_begins_alike_is_none() {
    assert!(is_binary(b"\x7fELF") && !is_binary(b"\xca\xfe\xba\xbe\0\0\0\x34"));
    assert!(!is_binary(b"MZ is how he began") && is_binary(b"\xca\xfe\xba\xbe\0\0\0\x02"));
    assert!(read(b"\x7fELF and no more").is_err());
}

const fn fixtures() -> [(&'static str, &'static [u8]); 8] {
    [
        ("engine.elf", include_bytes!("../../tests/fixtures/builds/engine.elf")),
        ("engine-stripped.elf", include_bytes!("../../tests/fixtures/builds/engine-stripped.elf")),
        ("engine.debug", include_bytes!("../../tests/fixtures/builds/engine.debug")),
        ("engine.exe", include_bytes!("../../tests/fixtures/builds/engine.exe")),
        ("engine-signed.exe", include_bytes!("../../tests/fixtures/builds/engine-signed.exe")),
        ("engine.pdb", include_bytes!("../../tests/fixtures/builds/engine.pdb")),
        ("engine.macho", include_bytes!("../../tests/fixtures/builds/engine.macho")),
        ("engine.dsym", include_bytes!("../../tests/fixtures/builds/engine.dsym")),
    ]
}

fn fixture(name: &str) -> Binary {
    let (_, bytes) = fixtures().into_iter().find(|(of, _)| *of == name).unwrap();
    read(bytes).unwrap().remove(0)
}

#[test]
fn files_of_one_build_share_its_id_and_where_its_sections_lie() {
    for (kind, files) in [
        (MarkKind::BuildId, &["engine.elf", "engine-stripped.elf", "engine.debug"][..]),
        (MarkKind::Guid, &["engine.exe", "engine-signed.exe", "engine.pdb"]),
        (MarkKind::Uuid, &["engine.macho", "engine.dsym"]),
    ] {
        for wanted in [kind, MarkKind::Layout] {
            let marks = files.iter().map(|name| {
                let of = fixture(name);
                of.marks.into_iter().filter(|(kind, _)| *kind == wanted).map(|(_, value)| value).collect::<Vec<_>>()
            });
            let marks: Vec<Vec<String>> = marks.collect();
            let shared = |mark: &String| marks.iter().all(|of| of.contains(mark));
            assert!(marks[0].iter().any(shared), "{kind:?} {wanted:?}: {marks:?}");
        }
    }
    assert_eq!(fixture("engine.debug").format, "ELF x86_64 debug information");
}

#[test]
fn debug_information_names_functions_and_sources() {
    for name in ["engine.elf", "engine.debug", "engine.pdb", "engine.dsym"] {
        let of = fixture(name);
        let names =
            |of: &SomeNames, wanted: &str| of.some.iter().any(|it| it.trim_start_matches('_').ends_with(wanted));
        assert!(of.has_debug && names(&of.functions, "vault_sign_c3"), "{name}: {:?}", of.functions);
        assert!(names(&of.sources, "main.c"), "{name}: {:?}", of.sources);
        assert!(of.paths.count > 0, "{name}: {:?}", of.paths);
    }
    assert!(fixture("engine.exe").paths.some.iter().any(|path| path.ends_with("clang.pdb")));
}

#[test]
fn a_signature_is_held_against_the_file() {
    let signed = fixture("engine-signed.exe").signature.unwrap();
    assert_eq!((signed.signer.as_str(), signed.algorithm.as_str(), signed.holds), ("CN=Bench", "SHA-256", Some(true)));
    assert_eq!(fixture("engine.exe").signature, None);
    let (_, bytes) = fixtures().into_iter().find(|(of, _)| *of == "engine-signed.exe").unwrap();
    let mut changed = bytes.to_vec();
    changed[0x400] ^= 1;
    assert_eq!(read(&changed).unwrap()[0].signature.as_ref().unwrap().holds, Some(false));
}

#[test]
fn real_builds_cut_and_changed_anywhere_are_read_or_refused() {
    for (name, bytes) in fixtures() {
        let step = bytes.len() / 400 + 1;
        for at in (0..bytes.len()).step_by(step) {
            let read_or_refused = |bytes: &[u8]| {
                let told = std::panic::catch_unwind(|| read(bytes).map_or(0, |it| it.len()));
                // A parser of another's may fail inside; the child then says so.
                assert!(told.is_err() || told.is_ok_and(|many| many <= MOST), "{name}");
            };
            read_or_refused(&bytes[..at]);
            let mut changed = bytes.to_vec();
            changed[at] = 0xff;
            read_or_refused(&changed);
        }
    }
}

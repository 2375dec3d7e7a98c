//! The material of the demo: two cases, a company's repository, and the sample that a crew offers.
//!
//! The first case retells the public Fxmsp story of 2019 in our own words. In the second, everything is invented:
//! the company (Oskelund Security), the crew (Brinejackal), the firm (Haddenquay Research), the outlet (Telferry
//! Courant), the market (Mudlarkrow) and every person. Its repository and its sample are made on the spot, the
//! same bytes each time, so that what the demo prints can be relied upon.

mod edit;
mod plan;
mod repository;
mod sample;
mod ustar;

use std::fs;
use std::path::{Path, PathBuf};

use crate::claim::SourceKind;

pub use repository::make_repository;
pub use sample::write_sample;

/// The password planted in the repository's `lab/deploy.sh` until its last month, and hence in the sample.
#[cfg(test)]
pub const PLANTED_PASSWORD: &str = "Kelp-Harness-4471!";
/// The API key planted beside it; it opens nothing.
#[cfg(test)]
pub const PLANTED_API_KEY: &str = "osk_live_7Qd2mXv0Zt9RkLw4PyB8nHsE";
/// The e-mail address of an invented person, planted beside the two.
#[cfg(test)]
pub const PLANTED_EMAIL: &str = "tova.hjelmquay@oskelund.example";
/// The e-mail address in the listing's contact line.
#[cfg(test)]
pub const LISTING_EMAIL: &str = "desk@brinejackal.example";
/// The password in the listing's contact line.
#[cfg(test)]
pub const LISTING_PASSWORD: &str = "Mudlark-Preview-7719";

/// The name under which the listing offers the sample.
pub const SAMPLE_NAME: &str = "skerrywall-sample.tar";

/// A text that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// The name under which it is written to disk.
    pub file_name: &'static str,
    /// Its title, as in the text.
    pub title: &'static str,
    /// When it was published: an ISO 8601 date, or year and month where the day isn't known.
    pub published: &'static str,
    /// What kind of source it is.
    pub kind: SourceKind,
    /// The text, or the page where the name ends in `.html`.
    pub text: &'static str,
}

/// A demo that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}; choose a folder that can be written, with 2 MB free", path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The demo's repository could not be made or read.
    #[error("cannot {what} in the demo's repository {}: {source}", path.display())]
    Repository {
        /// What was tried.
        what: &'static str,
        /// The repository.
        path: PathBuf,
        /// Why it failed.
        source: Box<gix::Error>,
    },
    /// The repository given is another one, or has been changed.
    #[error("{} has no {what}: it is not the repository that the demo makes; make it anew in an empty folder", path.display())]
    NotTheDemos {
        /// The repository.
        path: PathBuf,
        /// What the demo's repository has and this one lacks.
        what: String,
    },
    /// The material inside the program contradicts itself.
    #[error("the program's own {asset}, line {line}: {what}; this is a fault of the program, please report it")]
    Material {
        /// Which piece of material.
        asset: &'static str,
        /// Line, counted from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
}

/// The public Fxmsp story: three retellings that disagree as the reporting of the time did.
pub fn fxmsp() -> &'static [Bundled] {
    &FXMSP
}

/// The invented case: a listing, a story, the company's statement and the firm's answer, in order of time.
pub fn invented() -> &'static [Bundled] {
    &INVENTED
}

/// Writes the public library into a folder: the *public corpus*.
///
/// # Errors
/// When the folder can't be made or a file can't be written.
pub fn write_public(dir: &Path) -> Result<(), Error> {
    write_all(dir, PUBLIC)
}

/// Writes what the invented company gave away into a folder: the *published corpus*.
///
/// # Errors
/// When the folder can't be made or a file can't be written.
pub fn write_published(dir: &Path) -> Result<(), Error> {
    write_all(dir, PUBLISHED)
}

fn write_all(dir: &Path, files: &[(&str, &str)]) -> Result<(), Error> {
    fs::create_dir_all(dir).map_err(|source| Error::Write { path: dir.to_owned(), source })?;
    for (name, text) in files {
        let path = dir.join(name);
        fs::write(&path, text).map_err(|source| Error::Write { path, source })?;
    }
    Ok(())
}

static FXMSP: [Bundled; 3] = [
    Bundled {
        file_name: "fxmsp-awareness-blog.txt",
        title: "A trainer's blog on three American antivirus makers and what Fxmsp wants for their code",
        published: "2019-05-13",
        kind: SourceKind::Retelling,
        text: include_str!("fxmsp/awareness-blog.txt"),
    },
    Bundled {
        file_name: "fxmsp-first-answers.txt",
        title: "Antivirus makers named by a seller answer in public",
        published: "2019-05-14",
        kind: SourceKind::Retelling,
        text: include_str!("fxmsp/first-answers.txt"),
    },
    Bundled {
        file_name: "fxmsp-after-the-inquiry.txt",
        title: "Trend Micro closes its inquiry, and AdvIntel keeps to its view",
        published: "2019-06",
        kind: SourceKind::Retelling,
        text: include_str!("fxmsp/after-the-inquiry.txt"),
    },
];

static INVENTED: [Bundled; 4] = [
    Bundled {
        file_name: "1-listing.txt",
        title: "[SELL] Oskelund Security: Skerrywall endpoint engine, full source + lab access",
        published: "2024-04-22",
        kind: SourceKind::Listing,
        text: include_str!("invented/1-listing.txt"),
    },
    Bundled {
        file_name: "2-story.html",
        title: "Crew offers code of antivirus maker Oskelund; company sees no sign of a breach",
        published: "2024-04-29",
        kind: SourceKind::Story,
        text: include_str!("invented/2-story.html"),
    },
    Bundled {
        file_name: "3-company-statement.txt",
        title: "Statement of Oskelund Security on an incident in a test lab",
        published: "2024-05-16",
        kind: SourceKind::Statement,
        text: include_str!("invented/3-company-statement.txt"),
    },
    Bundled {
        file_name: "4-firm-answer.txt",
        title: "Haddenquay Research answers Oskelund's statement",
        published: "2024-05-17",
        kind: SourceKind::Statement,
        text: include_str!("invented/4-firm-answer.txt"),
    },
];

static PUBLIC: &[(&str, &str)] = &[
    ("LICENSE", include_str!("public/LICENSE")),
    ("base64.c", include_str!("public/base64.c")),
    ("crc32.c", include_str!("public/crc32.c")),
    ("edit_distance.py", include_str!("public/edit_distance.py")),
    ("minheap.c", include_str!("public/minheap.c")),
    ("optargs.py", include_str!("public/optargs.py")),
    ("ringbuf.c", include_str!("public/ringbuf.c")),
    ("ringbuf.h", include_str!("public/ringbuf.h")),
];

static PUBLISHED: &[(&str, &str)] = &[
    ("README.md", include_str!("published/README.md")),
    ("skerrywall.h", include_str!("published/skerrywall.h")),
    ("skerrywall_events.h", include_str!("published/skerrywall_events.h")),
    ("sample_scan.c", include_str!("published/sample_scan.c")),
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that fails here has failed")]
mod tests {
    use super::*;

    #[test]
    fn every_title_stands_in_its_text() {
        for bundled in fxmsp().iter().chain(invented()) {
            assert!(bundled.text.contains(bundled.title), "{}", bundled.file_name);
            assert!(bundled.text.ends_with('\n'));
        }
    }

    #[test]
    fn retellings_say_what_they_are_and_stay_short() {
        for bundled in fxmsp() {
            assert_eq!(bundled.kind, SourceKind::Retelling);
            assert_eq!(bundled.text.lines().next(), Some(bundled.title));
            assert_eq!(
                bundled.text.lines().last(),
                Some("A retelling in our own words of reporting of May/June 2019; not the outlet's text.")
            );
            let body: usize = bundled.text.lines().skip(1).map(|line| line.split_whitespace().count()).sum();
            assert!((150..=270).contains(&body), "{}: {body} words", bundled.file_name);
        }
    }

    #[test]
    fn the_retellings_disagree_where_the_reporting_did() {
        let [blog, first, after] = [0, 1, 2].map(|at| fxmsp()[at].text);
        assert!(blog.contains("names none of the three") && blog.contains("three American antivirus makers"));
        assert!(first.contains("McAfee") && !first.contains("Norton"));
        assert!(after.contains("Trend Micro, Symantec and Norton") && after.contains("a Japanese group"));
        assert!(first.contains("over $300,000") && blog.contains("asks $300,000") && after.contains("for $300,000"));
        assert!(first.contains("close to $1 million") && blog.contains("more than $1 million"));
        assert!(first.contains("first denied that AdvIntel") && first.contains("no indication"));
        assert!(after.contains("denied outright") && blog.contains("None of the firms has confirmed or denied"));
        assert!(first.contains("\"low risk\"") && first.contains("\"incorrect based on"));
    }

    #[test]
    fn the_page_carries_metadata_and_what_a_reader_must_drop() {
        let page = invented()[1].text;
        for mark in ["og:site_name", "article:published_time", "<nav>", "<script>", "advert", "<footer>"] {
            assert!(page.contains(mark), "{mark}");
        }
    }

    #[test]
    fn the_listing_names_the_sample_and_holds_its_two_planted_secrets() {
        assert!(invented()[0].text.contains(SAMPLE_NAME));
        let contact = invented()[0].text.lines().find(|line| line.starts_with("Contact:")).unwrap();
        assert!(contact.contains(LISTING_EMAIL) && contact.contains(LISTING_PASSWORD));
    }

    #[test]
    fn public_and_published_files_are_written_as_they_are() {
        let dir = tempfile::tempdir().unwrap();
        write_public(&dir.path().join("public")).unwrap();
        write_published(&dir.path().join("published")).unwrap();
        for (folder, files) in [("public", PUBLIC), ("published", PUBLISHED)] {
            for (name, text) in files {
                assert_eq!(fs::read_to_string(dir.path().join(folder).join(name)).unwrap(), *text);
            }
        }
    }

    #[test]
    fn a_folder_that_is_a_file_is_named_in_the_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("taken");
        fs::write(&path, "x").unwrap();
        let error = write_public(&path).unwrap_err();
        assert!(error.to_string().contains("taken"), "{error}");
    }
}

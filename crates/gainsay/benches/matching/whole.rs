//! Samples as a whole: what holds nothing of ours or only what was given away, and where a sample was taken.

use std::fs;

use crate::common::table::{Bar, Table};
use crate::common::{Result, say};
use crate::interval::share;
use crate::samples::{self, Kind, PLACES, place_name};
use crate::setting::{Answer, Setting};

/// `foreign-samples`
pub(crate) fn measure_foreign(setting: &Setting, table: &mut Table) -> Result<()> {
    judged(setting, table, Kind::ForeignSamples)
}

/// `published-samples`
pub(crate) fn measure_published(setting: &Setting, table: &mut Table) -> Result<()> {
    for tested in &setting.tested {
        let folder = setting.folder.join("published");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let history = &tested.history;
        for version in history.at(samples::published_commit(history)) {
            let path = folder.join(&version.path);
            fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
            fs::write(path, history.bytes(version.blob)?)?;
        }
        setting.add(&format!("{}-published", tested.name), &folder, &["--published"])?;
        fs::remove_dir_all(&folder)?;
    }
    judged(setting, table, Kind::PublishedSamples)
}

/// How many samples are judged ours that hold nothing of ours.
fn judged(setting: &Setting, table: &mut Table, kind: Kind) -> Result<()> {
    let each = setting.count(200, 24).div_ceil(setting.tested.len());
    let (mut ours, mut notes) = (0, Vec::new());
    for tested in &setting.tested {
        say(&format!("{}: {}", kind.word(), tested.name));
        let mut of_this = 0;
        for seed in 0..each {
            let sample = setting.sample();
            samples::write(&tested.history, kind, seed as u64, kind.files(), &tested.foreign, &sample)?;
            of_this += usize::from(setting.matched(&tested.name, &sample)?.is_ours());
        }
        ours += of_this;
        notes.push(format!("{} {of_this}", tested.name));
    }
    let all = each * setting.tested.len();
    let note = format!("{ours} of {all} samples of {} files: {}", kind.files(), notes.join(", "));
    table.estimated(kind.word(), Some(Bar::AtMost(0.0)), share(ours, all), note);
    Ok(())
}

/// `place`
pub(crate) fn measure_places(setting: &Setting, table: &mut Table) -> Result<()> {
    let each = setting.count(180, 24).div_ceil(setting.tested.len());
    let (mut named, mut notes) = (0, Vec::new());
    for tested in &setting.tested {
        say(&format!("place: {}", tested.name));
        let (folder, corpus) = (setting.folder.join("places").join(&tested.name), format!("{}-places", tested.name));
        samples::places(&tested.history, 0, &folder)?;
        for place in 0..PLACES {
            setting.add(&corpus, &folder.join(place.to_string()), &["--place", &place_name(place)])?;
        }
        let mut of_this = 0;
        for seed in 0..each {
            let sample = setting.sample();
            let truth = samples::of_place(&folder, seed as u64, &sample)?;
            let answer = setting.matched(&corpus, &sample)?;
            of_this += usize::from(truth.place.is_some_and(|place| names(&answer, &place_name(place))));
        }
        fs::remove_dir_all(&folder)?;
        named += of_this;
        notes.push(format!("{} {of_this}", tested.name));
    }
    let all = each * setting.tested.len();
    let note = format!("{named} of {all} samples: {}", notes.join(", "));
    table.estimated("place", Some(Bar::AtLeast(0.95)), share(named, all), note);
    Ok(())
}

/// Whether this place alone is the smallest set of places that holds the sample.
fn names(answer: &Answer, place: &str) -> bool {
    matches!(answer.0["places"]["cover"].as_array().map(Vec::as_slice), Some([only]) if *only == place)
}

//! Text in pictures, read by tesseract: a program that is run on one picture at a time, locked down, as many at once as there are cores.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};
use unpack::{Argument, Grey, Picture};

use super::tools::{renewed, run, version_in};

const PROGRAM: &str = "tesseract";

/// Pictures of a sample that are read: each takes a second or some.
const MOST: usize = 1_000;

/// Fewer pixels in one direction show no text.
const LEAST: (u32, u32) = (100, 30);

/// Lines that are held of a picture, and the characters of one.
const MOST_LINES: usize = 400;
const LONGEST_LINE: usize = 400;

/// Pixels of the largest picture that is read twice as large, and three times. Letters of a screen are some eight pixels high, of which the
/// program reads little; those on paper, which it knows, have three times as many.
const TWICE: u64 = 8_000_000;
const THRICE: u64 = 3_000_000;

/// Below this, in percent, words are hardly those that stand there, and the picture is read once more in another way.
const DOUBTFUL: u32 = 75;

/// Pixels in a row of the picture that a report shows, and its bytes.
const WIDEST: u32 = 1_600;
const MOST_BYTES: usize = 256 << 10;

/// Bytes of pictures that are held to be shown.
const HELD: usize = 32 << 20;

/// A picture of a sample that was read.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadPicture {
    /// Its path in the sample.
    pub path: String,
    /// What its file is.
    pub format: String,
    /// Its pixels.
    pub size: (u32, u32),
    /// Whether it is the first of several in its file.
    pub is_animated: bool,
    /// Whether it looks as if a camera took it.
    pub is_photo: bool,
    /// Its lines from top to bottom, or why there are none.
    pub lines: Result<Vec<ReadLine>, String>,
    /// The picture as PNG, what a mask hides blackened; empty where it was not read, or too many are held.
    pub png: Vec<u8>,
}

/// A line of text in a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLine {
    /// Its words, two blanks between those that stand far apart.
    pub text: String,
    /// Its left, top, right and bottom end in thousandths of the picture.
    pub place: (u32, u32, u32, u32),
    /// How sure the program is, in percent, as the mean of its words.
    pub sure: u32,
}

/// What was read of a sample's pictures.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ReadPictures {
    /// Each, in the order of the sample.
    pub all: Vec<ReadPicture>,
    /// How many were too many to be read.
    pub left_out: u64,
    /// How many are so small that they show no text.
    pub small: u64,
    /// The program with its version and languages, where it was there.
    pub program: Option<String>,
}

/// Reads pictures while others still come.
pub struct Ocr {
    unjailed: bool,
    mask: fn(&str) -> String,
    /// The program, once a picture came.
    program: Option<Result<Arc<Program>, String>>,
    jobs: Option<SyncSender<(usize, String, Picture)>>,
    threads: Vec<JoinHandle<()>>,
    read: Option<Receiver<(usize, ReadPicture)>>,
    given: usize,
    /// How many of these are with the threads, or were not taken back yet.
    waiting: usize,
    found: ReadPictures,
}

/// The program and what it reads by.
struct Program {
    version: String,
    languages: String,
    unjailed: bool,
    mask: fn(&str) -> String,
}

impl Ocr {
    /// Reads nothing yet. What `mask` changes in a line is blackened in the picture that is kept to be shown.
    pub fn new(unjailed: bool, mask: fn(&str) -> String) -> Ocr {
        Ocr {
            unjailed,
            mask,
            program: None,
            jobs: None,
            threads: Vec::new(),
            read: None,
            given: 0,
            waiting: 0,
            found: ReadPictures::default(),
        }
    }

    /// Goes on behind what was read before of the same sample.
    pub fn go_on(self, found: ReadPictures) -> Ocr {
        Ocr { given: found.all.len(), found, ..self }
    }

    /// What was read so far: waits for the pictures that were given.
    pub fn so_far(&mut self) -> &ReadPictures {
        self.take_back(&mut |_| ());
        &self.found
    }

    /// How many pictures were given to be read.
    pub fn given(&self) -> usize {
        self.given
    }

    /// Has a picture read; waits where all threads are at work.
    pub fn add(&mut self, path: &str, picture: Picture) {
        if picture.grey.width < LEAST.0 || picture.grey.height < LEAST.1 {
            self.found.small += 1;
            return;
        }
        if self.given >= MOST {
            self.found.left_out += 1;
            return;
        }
        let number = self.given;
        self.given += 1;
        let program = self.program.get_or_insert_with(|| Program::find(self.unjailed, self.mask).map(Arc::new));
        match program {
            Ok(program) => {
                if self.jobs.is_none() {
                    let (program, found) = (Arc::clone(program), &mut self.found);
                    found.program = Some(renewed(found.program.as_deref().unwrap_or_default(), &program.version));
                    self.start(&program);
                }
                let waits = (number, path.to_owned(), picture);
                self.waiting += 1;
                if let Some((number, path, picture)) =
                    self.jobs.as_ref().and_then(|jobs| jobs.send(waits).err()).map(|e| e.0)
                {
                    self.waiting -= 1;
                    let why = "the threads that read pictures are gone".to_owned();
                    self.put(number, not_read(path, &picture, why));
                }
            }
            Err(why) => {
                let why = why.clone();
                self.put(number, not_read(path.to_owned(), &picture, why));
            }
        }
    }

    fn start(&mut self, program: &Arc<Program>) {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (jobs, waiting) = sync_channel::<(usize, String, Picture)>(1);
        let (done, read) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..cores {
            let (program, waiting, done) = (Arc::clone(program), Arc::clone(&waiting), done.clone());
            self.threads.push(std::thread::spawn(move || {
                loop {
                    // Let go before the picture is read, so that the next thread takes the next one.
                    let next = waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
                    let Ok((number, path, picture)) = next else { break };
                    // Whoever waits for a picture gets it, whatever became of it.
                    let read = catch_unwind(AssertUnwindSafe(|| program.read(number, path.clone(), &picture)));
                    let read = read.unwrap_or_else(|_| not_read(path, &picture, "the reading of it failed".to_owned()));
                    if done.send((number, read)).is_err() {
                        break;
                    }
                }
            }));
        }
        (self.jobs, self.read) = (Some(jobs), Some(read));
    }

    fn put(&mut self, number: usize, picture: ReadPicture) {
        // In their order: of most samples there are few.
        let place = number.min(self.found.all.len());
        self.found.all.insert(place, picture);
    }

    /// What was read, when all of it is; `progress` is told how many are, after each.
    pub fn finish(mut self, progress: &mut dyn FnMut(usize)) -> ReadPictures {
        self.jobs = None;
        self.take_back(progress);
        for thread in std::mem::take(&mut self.threads) {
            // All that they read was taken back.
            let _ = thread.join();
        }
        self.found
    }

    /// Waits for all that were given, and puts them in their order.
    fn take_back(&mut self, progress: &mut dyn FnMut(usize)) {
        let mut read: Vec<(usize, ReadPicture)> = Vec::new();
        while self.waiting > 0 {
            // Where all threads failed nothing more comes.
            let Some(Ok(one)) = self.read.as_ref().map(Receiver::recv) else { break };
            read.push(one);
            self.waiting -= 1;
            progress(self.given - self.waiting);
        }
        read.sort_by_key(|(number, _)| *number);
        for (number, picture) in read {
            self.put(number, picture);
        }
    }
}

fn not_read(path: String, picture: &Picture, why: String) -> ReadPicture {
    ReadPicture {
        path,
        format: picture.format.clone(),
        size: (picture.grey.width, picture.grey.height),
        is_animated: picture.is_animated,
        is_photo: picture.is_photo,
        lines: Err(why),
        png: Vec::new(),
    }
}

impl Program {
    fn find(unjailed: bool, mask: fn(&str) -> String) -> Result<Program, String> {
        let ask = |word: &str| run(PROGRAM, vec![Argument::Word(word.into())], Vec::new(), &[], unjailed);
        let version = match ask("--version") {
            Ok(output) => version_in(&output).ok_or("tesseract does not say its version")?,
            Err(unpack::ToolError::Start { .. }) => {
                return Err("tesseract is not installed (apt install tesseract-ocr tesseract-ocr-rus)".to_owned());
            }
            Err(error) => return Err(error.to_string()),
        };
        let listed = ask("--list-langs").map_err(|error| error.to_string())?;
        let listed = String::from_utf8_lossy(&listed.bytes).into_owned();
        let there: Vec<&str> =
            ["eng", "rus"].into_iter().filter(|it| listed.lines().any(|line| line.trim() == *it)).collect();
        if there.is_empty() {
            return Err("tesseract knows neither English nor Russian (apt install tesseract-ocr-eng)".to_owned());
        }
        let languages = there.join("+");
        let version = format!("{version}, {languages}");
        Ok(Program { version, languages, unjailed, mask })
    }

    fn read(&self, number: usize, path: String, picture: &Picture) -> ReadPicture {
        let mut found = not_read(path, picture, String::new());
        found.lines = self.lines(&picture.grey);
        // The first of the sample, whichever is read first.
        if let Ok(lines) = &found.lines
            && number < HELD / MOST_BYTES
        {
            found.png = shown(&picture.grey, lines, self.mask);
        }
        found
    }

    /// The lines in a picture: twice as large and as English; where that makes little sense in other ways, of which the best counts.
    fn lines(&self, grey: &Grey) -> Result<Vec<ReadLine>, String> {
        let pixels = u64::from(grey.width) * u64::from(grey.height);
        let times = if pixels <= TWICE { 2 } else { 1 };
        let (first, more) = self.languages.split_once('+').unwrap_or((&self.languages, ""));
        let picture = grey.dark_on_light();
        let mut best = self.read_as(&picture.enlarged(times), first)?;
        if sure(&best) < DOUBTFUL && pixels <= THRICE {
            best = surer(best, self.read_as(&picture.enlarged(3), first)?);
        }
        if sure(&best) < DOUBTFUL && !more.is_empty() {
            best = surer(best, self.read_as(&picture.enlarged(times), &self.languages)?);
        }
        Ok(best)
    }

    fn read_as(&self, picture: &Grey, languages: &str) -> Result<Vec<ReadLine>, String> {
        let word = |word: &str| Argument::Word(word.into());
        let mut arguments = vec![Argument::Input(0)];
        // One block of text: a screen has no columns of paper, and what is read in its order stays a line.
        arguments.extend(["stdout", "-l", languages, "--psm", "6", "-c", "tessedit_create_tsv=1"].map(word));
        let ran = run(PROGRAM, arguments, Vec::new(), &[&picture.to_pgm()], self.unjailed);
        let ran = ran.map_err(|error| error.to_string())?;
        if !ran.is_success {
            return Err(format!("tesseract says: {}", ran.said));
        }
        Ok(lines_of(&String::from_utf8_lossy(&ran.bytes), (picture.width, picture.height)))
    }
}

/// How sure the program is of a picture's words.
pub fn sure(lines: &[ReadLine]) -> u32 {
    let count = |line: &ReadLine| u32::try_from(line.text.len()).unwrap_or_default();
    let all: u32 = lines.iter().map(count).sum();
    lines.iter().map(|line| line.sure * count(line)).sum::<u32>().checked_div(all).unwrap_or_default()
}

fn surer(one: Vec<ReadLine>, other: Vec<ReadLine>) -> Vec<ReadLine> {
    if sure(&other) > sure(&one) { other } else { one }
}

/// The text of a picture, without the numbers of lines that an editor has at their beginning.
pub fn code_of(lines: &[ReadLine]) -> String {
    let is_number = |word: &str| {
        let digits = |c: char| c.is_ascii_digit() || matches!(c, 'O' | 'o' | 'l' | 'I' | '|' | 'S' | 'B');
        word.len() <= 6 && word.chars().all(digits) && word.contains(|c: char| c.is_ascii_digit())
    };
    let split = |line: &'_ ReadLine| {
        let (first, rest) = line.text.split_once(' ').unwrap_or((&line.text, ""));
        is_number(first).then(|| rest.trim_start().to_owned())
    };
    let without: Vec<Option<String>> = lines.iter().map(split).collect();
    let has_numbers = without.iter().flatten().count() * 3 >= lines.len();
    let text = |(line, without): (&ReadLine, Option<String>)| {
        without.filter(|_| has_numbers).unwrap_or_else(|| line.text.clone())
    };
    lines.iter().zip(without).map(text).collect::<Vec<_>>().join("\n")
}

/// A word as the program tells of it: line, place, how sure it is.
struct Word<'t> {
    line: (u32, u32, u32),
    /// Left, top, width and height in pixels.
    place: (u32, u32, u32, u32),
    sure: u32,
    text: &'t str,
}

impl<'t> Word<'t> {
    /// Of a line in the program's table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
    fn of(line: &'t str) -> Option<Word<'t>> {
        let mut fields = line.split('\t');
        let mut numbers = [0_u32; 10];
        for number in &mut numbers {
            *number = fields.next()?.parse().ok()?;
        }
        let [level, _, block, paragraph, line, _, left, top, width, height] = numbers;
        let sure = fields.next()?.split('.').next()?.parse::<u32>().ok()?;
        let text = fields.next()?.trim();
        let is_word = level == 5 && !text.is_empty();
        is_word.then_some(Word { line: (block, paragraph, line), place: (left, top, width, height), sure, text })
    }
}

/// Lines of a table as tesseract writes it, of a picture of so many pixels.
fn lines_of(table: &str, size: (u32, u32)) -> Vec<ReadLine> {
    let words: Vec<Word<'_>> = table.lines().filter_map(Word::of).collect();
    let permille =
        |at: u32, all: u32| u32::try_from(u64::from(at) * 1000 / u64::from(all.max(1))).unwrap_or(1000).min(1000);
    let line = |words: &[Word<'_>]| {
        let mut text = String::new();
        let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
        for word in words {
            let (x, y, width, height) = word.place;
            if !text.is_empty() {
                // More than a blank and a letter of usual shape have room there.
                text.push_str(if x.saturating_sub(right) > height.max(8).saturating_mul(2) { "  " } else { " " });
            }
            text.extend(word.text.chars().filter(|c| !c.is_control()).take(LONGEST_LINE.saturating_sub(text.len())));
            (left, top) = (left.min(x), top.min(y));
            (right, bottom) = (right.max(x.saturating_add(width)), bottom.max(y.saturating_add(height)));
        }
        let sure = words.iter().map(|word| word.sure.min(100)).sum::<u32>();
        ReadLine {
            text,
            place: (permille(left, size.0), permille(top, size.1), permille(right, size.0), permille(bottom, size.1)),
            sure: sure.checked_div(u32::try_from(words.len()).unwrap_or(u32::MAX)).unwrap_or_default(),
        }
    };
    words.chunk_by(|a, b| a.line == b.line).take(MOST_LINES).map(line).collect()
}

/// The picture as a report shows it.
fn shown(grey: &Grey, lines: &[ReadLine], mask: fn(&str) -> String) -> Vec<u8> {
    let mut picture = grey.clone();
    let at = |permille: u32, all: u32| u32::try_from(u64::from(permille) * u64::from(all) / 1000).unwrap_or(all);
    for line in lines.iter().filter(|line| mask(&line.text) != line.text) {
        let (left, top, right, bottom) = line.place;
        let (width, height) = (picture.width, picture.height);
        // A thousandth was cut off.
        let to = (at(right + 1, width) + 1, at(bottom + 1, height) + 1);
        picture.blacken((at(left, width), at(top, height)), to);
    }
    while picture.width > WIDEST {
        picture = picture.halved();
    }
    loop {
        let png = picture.to_png().unwrap_or_default();
        if png.len() <= MOST_BYTES {
            return png;
        }
        // High and narrow: one such picture would take the room of all others.
        if picture.width < 2 * LEAST.0 {
            return Vec::new();
        }
        picture = picture.halved();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_table_become_lines_with_their_places() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            1\t1\t0\t0\t0\t0\t0\t0\t1000\t500\t-1\t\n\
            5\t1\t1\t1\t1\t1\t10\t20\t90\t10\t96.5\treadme.md\n\
            5\t1\t1\t1\t1\t2\t400\t21\t40\t10\t90\t12\n\
            5\t1\t1\t1\t1\t3\t445\t21\t40\t10\t80\tKB\n\
            5\t1\t1\t1\t2\t1\t10\t40\t90\t10\t50.2\tmain.c\n\
            5\t1\t1\t1\t3\tnonsense\n";
        let lines = lines_of(table, (1000, 500));
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["readme.md  12 KB", "main.c"]);
        assert_eq!(lines.first().map(|line| (line.place, line.sure)), Some(((10, 40, 485, 62), 88)));
        assert_eq!(sure(&lines), (88 * 16 + 50 * 6) / 22);
        assert!(lines_of("", (0, 0)).is_empty());
    }

    #[test]
    fn what_a_mask_hides_is_black_in_what_is_shown() {
        let grey = Grey { width: 200, height: 100, pixels: vec![255; 20_000] };
        let line = |text: &str, top| ReadLine { text: text.to_owned(), place: (0, top, 1000, top + 200), sure: 90 };
        let lines = [line("as it is", 0), line("hidden", 500)];
        let with = shown(&grey, &lines, |text| text.replace("hidden", "***"));
        let without = shown(&grey, &lines, str::to_owned);
        assert!(with != without && without == grey.to_png().unwrap_or_default());
    }
}
